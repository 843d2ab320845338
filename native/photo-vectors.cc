// Vectors under photo ids: what a change touches is made ready first, so that nothing can throw once it has begun.
#include "photo-vectors.h"

#include <algorithm>
#include <stdexcept>

#include <faiss/impl/IDSelector.h>

namespace {

using faiss::idx_t;

constexpr int32_t kAbsent = -1;
/// Photo ids are numbers of rows in the catalog, so that an array indexed by them stays small. 0 stands for none.
constexpr idx_t kLargestId = 1 << 28;

void checkId(idx_t id) {
    if (id < 1 || id > kLargestId) throw std::runtime_error("no photo has the id " + std::to_string(id));
}

/// Room for more: Faiss doubles it whenever it is full, a library grows by far less.
template <class Vector>
void makeRoom(Vector& vector, size_t more) {
    const size_t needed = vector.size() + more;
    if (needed > vector.capacity()) vector.reserve(std::max(needed, vector.capacity() * 9 / 8));
}

} // namespace

PhotoVectors::PhotoVectors(std::unique_ptr<faiss::Index> made) : index(std::move(made)) {
    map = dynamic_cast<faiss::IndexIDMap*>(index.get());
    ivf = dynamic_cast<faiss::IndexIVFFlat*>(index.get());
    const bool isFlat = map && dynamic_cast<faiss::IndexFlat*>(map->index);
    const bool isInvertedFile = ivf && dynamic_cast<faiss::ArrayInvertedLists*>(ivf->invlists);
    if (!isFlat && !isInvertedFile) throw std::runtime_error("neither a flat index nor an inverted file");
    if (index->metric_type != faiss::METRIC_L2) throw std::runtime_error("not of Euclidean distance");
    number();
}

/// Notes the place of every vector. Throws only where an id is not allowed, or there twice: never after a change.
void PhotoVectors::number() {
    std::fill(placeOf.begin(), placeOf.end(), kAbsent);
    if (map) {
        for (size_t row = 0; row < map->id_map.size(); row++) place(map->id_map[row], static_cast<int32_t>(row));
        return;
    }
    for (size_t list = 0; list < ivf->nlist; list++)
        for (const idx_t id : lists().ids[list]) place(id, static_cast<int32_t>(list));
}

void PhotoVectors::place(idx_t id, int32_t at) {
    checkId(id);
    const auto slot = static_cast<size_t>(id);
    if (slot >= placeOf.size()) placeOf.resize(std::max<size_t>(slot + 1, placeOf.size() * 5 / 4), kAbsent);
    if (placeOf[slot] != kAbsent) throw std::runtime_error("the photo " + std::to_string(id) + " is there twice");
    placeOf[slot] = at;
}

const float* PhotoVectors::vectorOf(uint32_t id) const {
    if (map) return flat().get_xb() + placeOf[id] * dimension();
    const auto& ids = lists().ids[placeOf[id]];
    const size_t at = std::find(ids.begin(), ids.end(), static_cast<idx_t>(id)) - ids.begin();
    return reinterpret_cast<const float*>(lists().codes[placeOf[id]].data()) + at * dimension();
}

std::vector<uint32_t> PhotoVectors::ids() const {
    std::vector<uint32_t> all;
    all.reserve(size());
    if (map) {
        all.assign(map->id_map.begin(), map->id_map.end());
    } else {
        for (const auto& list : lists().ids) all.insert(all.end(), list.begin(), list.end());
    }
    return all;
}

void PhotoVectors::copyRows(
        const uint32_t* wanted, size_t count, std::vector<uint32_t>& found, std::vector<float>& rows) const {
    const size_t d = dimension();
    found.clear();
    rows.clear();
    rows.reserve(count * d);
    for (size_t i = 0; i < count; i++) {
        if (!has(wanted[i])) continue;
        const float* row = vectorOf(wanted[i]);
        found.push_back(wanted[i]);
        rows.insert(rows.end(), row, row + d);
    }
}

size_t PhotoVectors::bytes() const {
    const size_t sum = placeOf.capacity() * sizeof(int32_t);
    if (map) return sum + flat().codes.capacity() + map->id_map.capacity() * sizeof(idx_t);
    size_t all = sum + ivf->nlist * dimension() * sizeof(float);
    for (size_t list = 0; list < ivf->nlist; list++)
        all += lists().codes[list].capacity() + lists().ids[list].capacity() * sizeof(idx_t);
    return all;
}

void PhotoVectors::add(size_t count, const uint32_t* ids, const float* vectors) {
    const size_t d = dimension();
    for (size_t i = 0; i < count; i++) checkId(ids[i]);
    const size_t slots = count == 0 ? 0 : *std::max_element(ids, ids + count) + 1;
    if (slots > placeOf.size()) placeOf.resize(std::max(slots, placeOf.size() * 5 / 4), kAbsent);
    std::vector<idx_t> fresh;
    std::vector<float> chosen;
    fresh.reserve(count);
    chosen.reserve(count * d);
    for (size_t i = 0; i < count; i++) {
        if (has(ids[i])) continue;
        // Any place will do until the vector has its own: the id may come a second time.
        placeOf[ids[i]] = 0;
        fresh.push_back(ids[i]);
        chosen.insert(chosen.end(), vectors + i * d, vectors + (i + 1) * d);
    }
    try {
        if (fresh.empty()) return;
        if (map) {
            addFlat(fresh, chosen);
        } else {
            addToLists(fresh, chosen);
        }
    } catch (...) {
        for (const idx_t id : fresh) placeOf[id] = kAbsent;
        throw;
    }
}

void PhotoVectors::addFlat(const std::vector<idx_t>& fresh, const std::vector<float>& chosen) {
    // Faiss adds the vector first and the id afterwards: with room for both neither can fail.
    makeRoom(flat().codes, chosen.size() * sizeof(float));
    makeRoom(map->id_map, fresh.size());
    const size_t first = size();
    map->add_with_ids(fresh.size(), chosen.data(), fresh.data());
    for (size_t i = 0; i < fresh.size(); i++) placeOf[fresh[i]] = static_cast<int32_t>(first + i);
}

void PhotoVectors::addToLists(const std::vector<idx_t>& fresh, const std::vector<float>& chosen) {
    std::vector<idx_t> targets(fresh.size());
    ivf->quantizer->assign(fresh.size(), chosen.data(), targets.data());
    std::vector<size_t> more(ivf->nlist);
    for (idx_t& list : targets) {
        // No list is near to a vector with a value that is no number.
        if (list < 0) list = 0;
        more[list]++;
    }
    auto& codes = lists().codes;
    auto& ids = lists().ids;
    for (size_t list = 0; list < ivf->nlist; list++) {
        if (more[list] == 0) continue;
        makeRoom(codes[list], more[list] * ivf->code_size);
        makeRoom(ids[list], more[list]);
    }
    // Not by Faiss's own method: that one allocates inside of a parallel loop, where a failure ends the program.
    const auto* bytes = reinterpret_cast<const uint8_t*>(chosen.data());
    for (size_t i = 0; i < fresh.size(); i++) {
        const auto list = static_cast<size_t>(targets[i]);
        codes[list].insert(codes[list].end(), bytes + i * ivf->code_size, bytes + (i + 1) * ivf->code_size);
        ids[list].push_back(fresh[i]);
        placeOf[fresh[i]] = static_cast<int32_t>(list);
    }
    ivf->ntotal += fresh.size();
}

void PhotoVectors::remove(size_t count, const uint32_t* ids) {
    std::vector<idx_t> gone;
    gone.reserve(count);
    for (size_t i = 0; i < count; i++)
        if (has(ids[i])) gone.push_back(ids[i]);
    if (gone.empty()) return;
    const faiss::IDSelectorBatch selector(gone.size(), gone.data());
    index->remove_ids(selector);
    if (map) {
        number();
    } else {
        for (const idx_t id : gone) placeOf[id] = kAbsent;
    }
}
