// What Kindred needs of Faiss beyond faiss-node's own classes: vectors under photo ids, typed arrays instead of plain
// ones, inverted files with nprobe, exact search among chosen photos, and one registry for all threads of the process,
// so that an index built by one thread is searched by another.
#include <napi.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include <faiss/IndexFlat.h>
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
#include "photo-vectors.h"
#include "read-index.h"

#ifdef KINDRED_OPENBLAS
extern "C" {
void openblas_set_num_threads(int);
int openblas_get_num_threads(void);
}
#endif

namespace {

using faiss::idx_t;

using EntryPointer = std::shared_ptr<PhotoVectors>;

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

constexpr size_t kMostThreads = 1024;

/// All cores for as long as it lives, on this thread.
struct AllCores {
    int before = omp_get_max_threads();
#ifdef KINDRED_OPENBLAS
    int blasBefore = openblas_get_num_threads();
#endif
    explicit AllCores(size_t wanted) {
        const int threads = static_cast<int>(std::clamp<size_t>(wanted, 1, kMostThreads));
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

size_t rowsOf(const Napi::Float32Array& vectors, const PhotoVectors& entry) {
    if (vectors.ElementLength() % entry.dimension() != 0)
        throw std::runtime_error("vectors of another length");
    return vectors.ElementLength() / entry.dimension();
}

// --- searching ---

/// Numbers in an answer: far more than a library has photos.
constexpr size_t kLargestAnswer = 1 << 28;

size_t answerLength(size_t queries, size_t k) {
    if (queries > 0 && k > kLargestAnswer / queries) throw std::runtime_error("too many results");
    return queries * k;
}

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
Napi::Value searchEntry(Napi::Env env, const PhotoVectors& entry, const Napi::Float32Array& queries, size_t k, size_t nprobe) {
    const size_t count = rowsOf(queries, entry);
    const size_t length = answerLength(count, k);
    std::vector<float> distances(length, INFINITY);
    std::vector<idx_t> labels(length, -1);
    if (length > 0 && entry.size() > 0) {
        if (entry.ivf) {
            faiss::SearchParametersIVF parameters;
            parameters.nprobe = nprobe == 0 ? entry.ivf->nlist : std::min(nprobe, entry.ivf->nlist);
            entry.ivf->search(count, queries.Data(), k, distances.data(), labels.data(), &parameters);
        } else {
            entry.index->search(count, queries.Data(), k, distances.data(), labels.data());
        }
    }
    return answer(env, length, distances.data(), labels.data());
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
    std::vector<float> distances(answerLength(1, k), INFINITY);
    std::vector<idx_t> labels(k, -1);
    // Looking a photo up in its list costs as much as skipping some hundred others.
    if (entry->ivf && chosen.ElementLength() * 256 > entry->size()) {
        std::vector<uint8_t> mask(entry->placeOf.size() / 8 + 1);
        for (size_t i = 0; i < chosen.ElementLength(); i++)
            if (entry->has(chosen[i])) mask[chosen[i] >> 3] |= 1 << (chosen[i] & 7);
        faiss::IDSelectorBitmap selector(mask.size(), mask.data());
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
        const float squared = faiss::fvec_L2sqr(query.Data(), entry->vectorOf(id), d);
        // Not in any order with others; the other searches leave such vectors out as well.
        if (std::isnan(squared)) continue;
        found.emplace_back(squared, id);
    }
    const size_t kept = std::min(k, found.size());
    std::partial_sort(found.begin(), found.begin() + kept, found.end());
    for (size_t i = 0; i < kept; i++) std::tie(distances[i], labels[i]) = found[i];
    return answer(info.Env(), k, distances.data(), labels.data());
}

// --- changing ---

Napi::Value create(const Napi::CallbackInfo& info) {
    const size_t dimension = number(info, 0);
    if (dimension < 1 || dimension > kLargestDimension) throw std::runtime_error("no vector has that length");
    auto flat = std::make_unique<faiss::IndexFlatL2>(dimension);
    auto map = std::make_unique<faiss::IndexIDMap>(flat.get());
    map->own_fields = true;
    flat.release();
    return Napi::Number::New(info.Env(), registry().keep(std::make_shared<PhotoVectors>(std::move(map))));
}

Napi::Value add(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto ids = idsAt(info, 1);
    const auto vectors = floats(info, 2);
    std::unique_lock lock(entry->mutex);
    if (rowsOf(vectors, *entry) != ids.ElementLength()) throw std::runtime_error("ids and vectors differ");
    entry->add(ids.ElementLength(), ids.Data(), vectors.Data());
    return info.Env().Undefined();
}

Napi::Value remove(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    const auto ids = idsAt(info, 1);
    std::unique_lock lock(entry->mutex);
    entry->remove(ids.ElementLength(), ids.Data());
    return info.Env().Undefined();
}

/// Gives back room that removals and growth left unused, a list at a time: searches come in between.
Napi::Value compact(const Napi::CallbackInfo& info) {
    const auto entry = entryOf(info);
    if (entry->map) {
        std::unique_lock lock(entry->mutex);
        entry->flat().codes.shrink_to_fit();
        entry->map->id_map.shrink_to_fit();
        return info.Env().Undefined();
    }
    for (size_t list = 0; list < entry->ivf->nlist; list++) {
        std::unique_lock lock(entry->mutex);
        entry->lists().codes[list].shrink_to_fit();
        entry->lists().ids[list].shrink_to_fit();
    }
    return info.Env().Undefined();
}

// --- inverted files ---

/// Takes out rows with a value that is no number, of damaged features: no cluster could be made of them.
void leaveOutUnclusterable(size_t count, size_t dimension, std::vector<float>& rows) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const auto row = rows.begin() + i * dimension;
        if (!std::all_of(row, row + dimension, [](float value) { return std::isfinite(value); })) continue;
        if (kept != i) std::copy(row, row + dimension, rows.begin() + kept * dimension);
        kept++;
    }
    rows.resize(kept * dimension);
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
        from->copyRows(sample.Data(), sample.ElementLength(), found, rows);
    }
    leaveOutUnclusterable(found.size(), from->dimension(), rows);
    if (lists < 1 || rows.size() / from->dimension() < lists)
        throw std::runtime_error("fewer photos than lists to make of them");
    const AllCores cores(number(info, 5));
    auto quantizer = std::make_unique<faiss::IndexFlatL2>(from->dimension());
    auto ivf = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), from->dimension(), lists);
    quantizer.release();
    ivf->own_fields = true;
    ivf->cp.niter = number(info, 3);
    ivf->cp.seed = number(info, 4);
    ivf->cp.min_points_per_centroid = 1;
    ivf->cp.max_points_per_centroid = 1 << 20;
    ivf->train(rows.size() / from->dimension(), rows.data());
    return Napi::Number::New(info.Env(), registry().keep(std::make_shared<PhotoVectors>(std::move(ivf))));
}

/// Copies the vectors of these photos from another index. (to, from, ids, threads)
Napi::Value copy(const Napi::CallbackInfo& info) {
    const auto to = entryOf(info);
    const auto from = registry().find(number(info, 1));
    const auto ids = idsAt(info, 2);
    if (to->dimension() != from->dimension()) throw std::runtime_error("vectors of another length");
    std::vector<uint32_t> found;
    std::vector<float> rows;
    {
        std::shared_lock lock(from->mutex);
        from->copyRows(ids.Data(), ids.ElementLength(), found, rows);
    }
    const AllCores cores(number(info, 3));
    std::unique_lock lock(to->mutex);
    to->add(found.size(), found.data(), rows.data());
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
        entry->copyRows(ids.Data(), ids.ElementLength(), found, rows);
    }
    auto array = Napi::Float32Array::New(info.Env(), rows.size());
    std::copy(rows.begin(), rows.end(), array.Data());
    return array;
}

// --- files ---

struct File {
    std::FILE* stream;
    explicit File(const std::string& path) : stream(std::fopen(path.c_str(), "ab")) {
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
    File file(info[1].As<Napi::String>().Utf8Value());
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
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    const int64_t offset = info[1].As<Napi::Number>().Int64Value();
    if (offset < 0) throw std::runtime_error("cannot read at that place");
    auto entry = std::make_shared<PhotoVectors>(readIndex(path, static_cast<uint64_t>(offset)));
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
