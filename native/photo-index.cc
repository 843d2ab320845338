// What Kindred needs of Faiss beyond faiss-node's own classes: vectors under photo ids, typed arrays instead of plain
// ones, inverted files with nprobe, exact search among chosen photos, and one registry for all threads of the process,
// so that an index built by one thread is searched by another.
#include <napi.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#ifdef __linux__
#include <sys/resource.h>
#endif

#include "photo-index.h"

#ifdef KINDRED_OPENBLAS
extern "C" {
void openblas_set_num_threads(int);
int openblas_get_num_threads(void);
}
#endif

namespace {

using faiss::idx_t;

constexpr int32_t kAbsent = -1;
/// Photo ids are numbers of rows in the catalog, so that an array indexed by them stays small.
constexpr uint32_t kLargestId = 1u << 28;

/// Vectors under photo ids. Searches share the lock; whoever changes something has it alone.
struct Entry {
    std::shared_mutex mutex;
    std::unique_ptr<faiss::Index> index;
    /// One of these two is the index itself.
    faiss::IndexIDMap* map = nullptr;
    faiss::IndexIVFFlat* ivf = nullptr;
    /// By photo id: the row among the flat vectors, or the list of the inverted file that it is in.
    std::vector<int32_t> placeOf;

    explicit Entry(std::unique_ptr<faiss::Index> made) : index(std::move(made)) {
        map = dynamic_cast<faiss::IndexIDMap*>(index.get());
        ivf = dynamic_cast<faiss::IndexIVFFlat*>(index.get());
        if (!ivf && !(map && dynamic_cast<faiss::IndexFlat*>(map->index)))
            throw std::runtime_error("neither a flat index nor an inverted file");
        if (index->metric_type != faiss::METRIC_L2) throw std::runtime_error("not of Euclidean distance");
        number();
    }

    size_t dimension() const { return index->d; }
    size_t size() const { return index->ntotal; }
    bool has(uint32_t id) const { return id < placeOf.size() && placeOf[id] != kAbsent; }
    const float* vectors() const { return static_cast<const faiss::IndexFlat*>(map->index)->get_xb(); }
    std::vector<uint8_t>& codes() const { return static_cast<faiss::IndexFlat*>(map->index)->codes; }
    faiss::ArrayInvertedLists* lists() const {
        return dynamic_cast<faiss::ArrayInvertedLists*>(ivf->invlists);
    }

    std::vector<uint32_t> ids() const {
        std::vector<uint32_t> all;
        all.reserve(size());
        if (map) {
            all.assign(map->id_map.begin(), map->id_map.end());
        } else {
            for (size_t list = 0; list < ivf->nlist; list++) {
                faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
                for (size_t i = 0; i < ivf->invlists->list_size(list); i++) all.push_back(ids[i]);
            }
        }
        return all;
    }

    void number() {
        std::fill(placeOf.begin(), placeOf.end(), kAbsent);
        if (map) {
            for (size_t row = 0; row < map->id_map.size(); row++) note(map->id_map[row], row);
            return;
        }
        for (size_t list = 0; list < ivf->nlist; list++) {
            faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
            for (size_t i = 0; i < ivf->invlists->list_size(list); i++) note(ids[i], list);
        }
    }

    void note(idx_t id, int32_t place) {
        if (id < 0 || id > kLargestId) throw std::runtime_error("no photo has the id " + std::to_string(id));
        const auto at = static_cast<size_t>(id);
        if (at >= placeOf.size()) placeOf.resize(std::max<size_t>(at + 1, placeOf.size() * 5 / 4), kAbsent);
        placeOf[at] = place;
    }

    /// The vector of a photo that is there.
    const float* vectorOf(uint32_t id) const {
        if (map) return vectors() + placeOf[id] * dimension();
        const size_t list = placeOf[id];
        const idx_t* ids = ivf->invlists->get_ids(list);
        const size_t at = std::find(ids, ids + ivf->invlists->list_size(list), idx_t(id)) - ids;
        return reinterpret_cast<const float*>(ivf->invlists->get_codes(list)) + at * dimension();
    }

    /// Bytes that the vectors and their ids take, room that was set aside included.
    size_t bytes() const {
        size_t sum = placeOf.capacity() * sizeof(int32_t);
        if (map) return sum + codes().capacity() + map->id_map.capacity() * sizeof(idx_t);
        sum += ivf->nlist * ivf->d * sizeof(float);
        if (auto* all = lists())
            for (size_t list = 0; list < ivf->nlist; list++)
                sum += all->codes[list].capacity() + all->ids[list].capacity() * sizeof(idx_t);
        return sum;
    }
};

using EntryPointer = std::shared_ptr<Entry>;

struct Registry {
    std::shared_mutex mutex;
    std::unordered_map<uint32_t, EntryPointer> entries;
    uint32_t next = 1;

    EntryPointer find(uint32_t handle) {
        std::shared_lock lock(mutex);
        auto found = entries.find(handle);
        if (found == entries.end()) throw std::runtime_error("there is no index " + std::to_string(handle));
        return found->second;
    }
    uint32_t keep(EntryPointer entry) {
        std::unique_lock lock(mutex);
        entries[next] = std::move(entry);
        return next++;
    }
    void drop(uint32_t handle) {
        EntryPointer last;
        std::unique_lock lock(mutex);
        auto found = entries.find(handle);
        if (found == entries.end()) return;
        // Freed once the lock is given back: that can take a while.
        last = std::move(found->second);
        entries.erase(found);
        lock.unlock();
    }
};

Registry& registry() {
    static Registry* one = new Registry;
    return *one;
}

/// All cores for as long as it lives, on this thread.
struct AllCores {
    int before = omp_get_max_threads();
#ifdef KINDRED_OPENBLAS
    int blasBefore = openblas_get_num_threads();
#endif
    explicit AllCores(int threads) {
        omp_set_num_threads(threads);
#ifdef KINDRED_OPENBLAS
        openblas_set_num_threads(threads);
#endif
    }
    ~AllCores() {
        omp_set_num_threads(before);
#ifdef KINDRED_OPENBLAS
        openblas_set_num_threads(blasBefore);
#endif
    }
};

// --- arguments ---

uint32_t number(const Napi::CallbackInfo& info, size_t i) {
    if (!info[i].IsNumber()) throw std::runtime_error("argument " + std::to_string(i) + " is no number");
    return info[i].As<Napi::Number>().Uint32Value();
}

EntryPointer entryOf(const Napi::CallbackInfo& info) { return registry().find(number(info, 0)); }

template <class Array>
Array typed(const Napi::CallbackInfo& info, size_t i, napi_typedarray_type type) {
    if (!info[i].IsTypedArray() || info[i].As<Napi::TypedArray>().TypedArrayType() != type)
        throw std::runtime_error("argument " + std::to_string(i) + " is of another kind of array");
    return info[i].As<Array>();
}

Napi::Float32Array floats(const Napi::CallbackInfo& info, size_t i) {
    return typed<Napi::Float32Array>(info, i, napi_float32_array);
}

Napi::Uint32Array idsAt(const Napi::CallbackInfo& info, size_t i) {
    return typed<Napi::Uint32Array>(info, i, napi_uint32_array);
}

size_t rowsOf(const Napi::Float32Array& vectors, const Entry& entry) {
    if (vectors.ElementLength() % entry.dimension() != 0)
        throw std::runtime_error("vectors of another length");
    return vectors.ElementLength() / entry.dimension();
}

// --- searching ---

Napi::Value answer(Napi::Env env, size_t count, const float* squared, const idx_t* labels) {
    auto ids = Napi::Uint32Array::New(env, count);
    auto distances = Napi::Float32Array::New(env, count);
    for (size_t i = 0; i < count; i++) {
        ids[i] = labels[i] < 0 ? 0 : static_cast<uint32_t>(labels[i]);
        // By rounding sometimes just below zero.
        distances[i] = labels[i] < 0 ? INFINITY : std::sqrt(std::max(0.f, squared[i]));
    }
    auto result = Napi::Object::New(env);
    result.Set("ids", ids);
    result.Set("distances", distances);
    return result;
}

/// @param nprobe lists of an inverted file that are looked through; 0: all of them, which is exact
Napi::Value searchEntry(Napi::Env env, const Entry& entry, const Napi::Float32Array& queries, size_t k, size_t nprobe) {
    const size_t count = rowsOf(queries, entry);
    std::vector<float> distances(count * k, INFINITY);
    std::vector<idx_t> labels(count * k, -1);
    if (k > 0 && entry.size() > 0) {
        if (entry.ivf) {
            faiss::SearchParametersIVF parameters;
            parameters.nprobe = nprobe == 0 ? entry.ivf->nlist : std::min(nprobe, entry.ivf->nlist);
            entry.ivf->search(count, queries.Data(), k, distances.data(), labels.data(), &parameters);
        } else {
            entry.index->search(count, queries.Data(), k, distances.data(), labels.data());
        }
    }
    return answer(env, count * k, distances.data(), labels.data());
}

Napi::Value search(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    std::shared_lock lock(entry->mutex);
    return searchEntry(info.Env(), *entry, floats(info, 1), number(info, 2), number(info, 3));
}

/// The same, but undefined instead of waiting where something is being changed.
Napi::Value trySearch(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    std::shared_lock lock(entry->mutex, std::try_to_lock);
    if (!lock.owns_lock()) return info.Env().Undefined();
    return searchEntry(info.Env(), *entry, floats(info, 1), number(info, 2), number(info, 3));
}

/// The nearest of one query among chosen photos, exactly.
Napi::Value searchAmong(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto query = floats(info, 1);
    const size_t k = number(info, 2);
    const auto chosen = idsAt(info, 3);
    std::shared_lock lock(entry->mutex);
    if (rowsOf(query, *entry) != 1) throw std::runtime_error("one query at a time");
    std::vector<float> distances(k, INFINITY);
    std::vector<idx_t> labels(k, -1);
    // Looking a photo up in its list costs as much as skipping some hundred others.
    if (entry->ivf && chosen.ElementLength() * 256 > entry->size()) {
        std::vector<uint8_t> mask(entry->placeOf.size() / 8 + 1);
        for (size_t i = 0; i < chosen.ElementLength(); i++)
            if (entry->has(chosen[i])) mask[chosen[i] >> 3] |= 1 << (chosen[i] & 7);
        faiss::IDSelectorBitmap selector(entry->placeOf.size(), mask.data());
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = entry->ivf->nlist;
        parameters.sel = &selector;
        if (k > 0) entry->ivf->search(1, query.Data(), k, distances.data(), labels.data(), &parameters);
        return answer(info.Env(), k, distances.data(), labels.data());
    }
    const size_t d = entry->dimension();
    std::vector<std::pair<float, idx_t>> found;
    found.reserve(chosen.ElementLength());
    for (size_t i = 0; i < chosen.ElementLength(); i++) {
        const uint32_t id = chosen[i];
        if (!entry->has(id)) continue;
        found.emplace_back(faiss::fvec_L2sqr(query.Data(), entry->vectorOf(id), d), id);
    }
    const size_t kept = std::min(k, found.size());
    std::partial_sort(found.begin(), found.begin() + kept, found.end());
    for (size_t i = 0; i < kept; i++) std::tie(distances[i], labels[i]) = found[i];
    return answer(info.Env(), k, distances.data(), labels.data());
}

// --- changing ---

Napi::Value create(const Napi::CallbackInfo& info) {
    auto flat = std::make_unique<faiss::IndexFlatL2>(number(info, 0));
    auto map = std::make_unique<faiss::IndexIDMap>(flat.get());
    map->own_fields = true;
    flat.release();
    return Napi::Number::New(info.Env(), registry().keep(std::make_shared<Entry>(std::move(map))));
}

/// Adds vectors under new ids; an id that is there already keeps its vector.
void addTo(Entry& entry, size_t count, const uint32_t* ids, const float* vectors) {
    const size_t d = entry.dimension();
    std::vector<idx_t> fresh;
    std::vector<float> chosen;
    fresh.reserve(count);
    chosen.reserve(count * d);
    for (size_t i = 0; i < count; i++) {
        if (entry.has(ids[i])) continue;
        entry.note(ids[i], static_cast<int32_t>(entry.size() + fresh.size()));
        fresh.push_back(ids[i]);
        chosen.insert(chosen.end(), vectors + i * d, vectors + (i + 1) * d);
    }
    if (fresh.empty()) return;
    if (entry.map) {
        // Faiss doubles the room whenever it is full; a library grows by far less.
        auto& codes = entry.codes();
        const size_t needed = codes.size() + chosen.size() * sizeof(float);
        if (needed > codes.capacity()) codes.reserve(std::max(needed, codes.capacity() * 9 / 8));
        entry.map->add_with_ids(fresh.size(), chosen.data(), fresh.data());
        return;
    }
    std::vector<idx_t> lists(fresh.size());
    entry.ivf->quantizer->assign(fresh.size(), chosen.data(), lists.data());
    for (size_t i = 0; i < fresh.size(); i++) entry.placeOf[fresh[i]] = static_cast<int32_t>(lists[i]);
    entry.ivf->add_core(fresh.size(), chosen.data(), fresh.data(), lists.data());
}

Napi::Value add(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto ids = idsAt(info, 1);
    const auto vectors = floats(info, 2);
    std::unique_lock lock(entry->mutex);
    if (rowsOf(vectors, *entry) != ids.ElementLength()) throw std::runtime_error("ids and vectors differ");
    addTo(*entry, ids.ElementLength(), ids.Data(), vectors.Data());
    return info.Env().Undefined();
}

Napi::Value remove(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto ids = idsAt(info, 1);
    std::unique_lock lock(entry->mutex);
    std::vector<idx_t> gone;
    for (size_t i = 0; i < ids.ElementLength(); i++) {
        if (!entry->has(ids[i])) continue;
        entry->placeOf[ids[i]] = kAbsent;
        gone.push_back(ids[i]);
    }
    if (gone.empty()) return info.Env().Undefined();
    entry->index->remove_ids(faiss::IDSelectorBatch(gone.size(), gone.data()));
    if (entry->map) entry->number();
    return info.Env().Undefined();
}

/// Gives back room that removals and growth left unused, a list at a time: searches come in between.
Napi::Value compact(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    if (entry->map) {
        std::unique_lock lock(entry->mutex);
        entry->codes().shrink_to_fit();
        entry->map->id_map.shrink_to_fit();
        return info.Env().Undefined();
    }
    for (size_t list = 0; list < entry->ivf->nlist; list++) {
        std::unique_lock lock(entry->mutex);
        auto* lists = entry->lists();
        lists->codes[list].shrink_to_fit();
        lists->ids[list].shrink_to_fit();
    }
    return info.Env().Undefined();
}

// --- inverted files ---

/// Copies the vectors of those ids that are there.
void copyRows(const Entry& entry, const uint32_t* ids, size_t count, std::vector<uint32_t>& found, std::vector<float>& rows) {
    const size_t d = entry.dimension();
    found.clear();
    rows.clear();
    rows.reserve(count * d);
    for (size_t i = 0; i < count; i++) {
        if (!entry.has(ids[i])) continue;
        const float* row = entry.vectorOf(ids[i]);
        found.push_back(ids[i]);
        rows.insert(rows.end(), row, row + d);
    }
}

/// An empty inverted file whose lists are the k-means clusters of these photos of another index.
/// (handle, lists, ids of the sample, iterations, seed, threads) → handle
Napi::Value train(const Napi::CallbackInfo& info) {
    const auto from = entryOf(info);
    const size_t lists = number(info, 1);
    const auto sample = idsAt(info, 2);
    std::vector<uint32_t> found;
    std::vector<float> rows;
    {
        std::shared_lock lock(from->mutex);
        copyRows(*from, sample.Data(), sample.ElementLength(), found, rows);
    }
    const AllCores cores(number(info, 5));
    auto quantizer = std::make_unique<faiss::IndexFlatL2>(from->dimension());
    auto ivf = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), from->dimension(), lists);
    quantizer.release();
    ivf->own_fields = true;
    ivf->cp.niter = number(info, 3);
    ivf->cp.seed = number(info, 4);
    ivf->cp.min_points_per_centroid = 1;
    ivf->cp.max_points_per_centroid = 1 << 20;
    ivf->train(found.size(), rows.data());
    return Napi::Number::New(info.Env(), registry().keep(std::make_shared<Entry>(std::move(ivf))));
}

/// Copies the vectors of these photos from another index. (to, from, ids, threads)
Napi::Value copy(const Napi::CallbackInfo& info) {
    const auto to = entryOf(info);
    const auto from = registry().find(number(info, 1));
    const auto ids = idsAt(info, 2);
    std::vector<uint32_t> found;
    std::vector<float> rows;
    {
        std::shared_lock lock(from->mutex);
        copyRows(*from, ids.Data(), ids.ElementLength(), found, rows);
    }
    const AllCores cores(number(info, 3));
    std::unique_lock lock(to->mutex);
    addTo(*to, found.size(), found.data(), rows.data());
    return info.Env().Undefined();
}

// --- about ---

Napi::Value idsIn(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    std::shared_lock lock(entry->mutex);
    const auto ids = entry->ids();
    auto array = Napi::Uint32Array::New(info.Env(), ids.size());
    std::copy(ids.begin(), ids.end(), array.Data());
    return array;
}

Napi::Value describe(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    std::shared_lock lock(entry->mutex);
    auto about = Napi::Object::New(info.Env());
    about.Set("size", static_cast<double>(entry->size()));
    about.Set("dimension", static_cast<double>(entry->dimension()));
    about.Set("lists", static_cast<double>(entry->ivf ? entry->ivf->nlist : 0));
    about.Set("bytes", static_cast<double>(entry->bytes()));
    return about;
}

/// The vectors of photos, absent ones left out.
Napi::Value vectorsOf(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto ids = idsAt(info, 1);
    std::vector<uint32_t> found;
    std::vector<float> rows;
    {
        std::shared_lock lock(entry->mutex);
        copyRows(*entry, ids.Data(), ids.ElementLength(), found, rows);
    }
    auto array = Napi::Float32Array::New(info.Env(), rows.size());
    std::copy(rows.begin(), rows.end(), array.Data());
    return array;
}

// --- files ---

struct File {
    std::FILE* stream;
    File(const std::string& path, const char* mode) : stream(std::fopen(path.c_str(), mode)) {
        if (!stream) throw std::runtime_error("cannot open " + path);
    }
    ~File() {
        if (stream) std::fclose(stream);
    }
    void finish() {
        const int failed = std::fclose(stream);
        stream = nullptr;
        if (failed) throw std::runtime_error("no space left on device");
    }
};

/// Appends the index in Faiss's own format to a file.
Napi::Value write(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    File file(info[1].As<Napi::String>().Utf8Value(), "ab");
    {
        std::shared_lock lock(entry->mutex);
        faiss::FileIOWriter writer(file.stream);
        faiss::write_index(entry->index.get(), &writer);
    }
    file.finish();
    return info.Env().Undefined();
}

/// Reads an index that begins at an offset of a file.
Napi::Value read(const Napi::CallbackInfo& info) {
    File file(info[0].As<Napi::String>().Utf8Value(), "rb");
    if (std::fseek(file.stream, static_cast<long>(info[1].As<Napi::Number>().Int64Value()), SEEK_SET) != 0)
        throw std::runtime_error("cannot read at that place");
    faiss::FileIOReader reader(file.stream);
    auto entry = std::make_shared<Entry>(std::unique_ptr<faiss::Index>(faiss::read_index(&reader)));
    return Napi::Number::New(info.Env(), registry().keep(std::move(entry)));
}

Napi::Value close(const Napi::CallbackInfo& info) {
    registry().drop(number(info, 0));
    return info.Env().Undefined();
}

// --- the machine ---

/// What the kernels were chosen for when this process started.
const char* instructions() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    if (__builtin_cpu_supports("avx512f")) return "AVX-512";
    if (__builtin_cpu_supports("avx2")) return "AVX2";
    return "SSE2";
#elif defined(__aarch64__)
    return "NEON";
#else
    return "baseline";
#endif
}

/// Bytes a second that one thread reads from memory: the limit of exhaustive search. (bytes, rounds)
Napi::Value bandwidth(const Napi::CallbackInfo& info) {
    const size_t count = number(info, 0) / sizeof(float);
    const size_t rounds = number(info, 1);
    std::vector<float> data(count, 1.f);
    double best = 0;
    volatile float sink = 0;
    for (size_t round = 0; round < rounds; round++) {
        const auto started = std::chrono::steady_clock::now();
        sink = sink + kindredSum(data.data(), count);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        best = std::max(best, count * sizeof(float) / taken.count());
    }
    return Napi::Number::New(info.Env(), best);
}

/// Lets this thread give way to all others, where the system knows such a thing.
Napi::Value giveWay(const Napi::CallbackInfo& info) {
#ifdef __linux__
    setpriority(PRIO_PROCESS, 0, 10);
#endif
    return info.Env().Undefined();
}

/// Runs a function with every C++ exception turned into one of JavaScript.
template <Napi::Value (*work)(const Napi::CallbackInfo&)>
Napi::Value guarded(const Napi::CallbackInfo& info) {
    try {
        return work(info);
    } catch (const Napi::Error&) {
        throw;
    } catch (const std::exception& error) {
        throw Napi::Error::New(info.Env(), error.what());
    }
}

template <Napi::Value (*work)(const Napi::CallbackInfo&)>
void offer(Napi::Object& to, const char* name) {
    to.Set(name, Napi::Function::New(to.Env(), guarded<work>, name));
}

} // namespace

void initPhotoIndex(Napi::Env env, Napi::Object exports) {
    auto photoIndex = Napi::Object::New(env);
    offer<create>(photoIndex, "create");
    offer<add>(photoIndex, "add");
    offer<remove>(photoIndex, "remove");
    offer<search>(photoIndex, "search");
    offer<trySearch>(photoIndex, "trySearch");
    offer<searchAmong>(photoIndex, "searchAmong");
    offer<train>(photoIndex, "train");
    offer<copy>(photoIndex, "copy");
    offer<compact>(photoIndex, "compact");
    offer<idsIn>(photoIndex, "ids");
    offer<vectorsOf>(photoIndex, "vectors");
    offer<describe>(photoIndex, "describe");
    offer<write>(photoIndex, "write");
    offer<read>(photoIndex, "read");
    offer<close>(photoIndex, "close");
    offer<bandwidth>(photoIndex, "bandwidth");
    offer<giveWay>(photoIndex, "giveWay");
    photoIndex.Set("instructions", instructions());
    exports.Set("photoIndex", photoIndex);
}
