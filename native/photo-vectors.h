#pragma once
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFFlat.h>

/// Vectors under photo ids, and where each of them is. Searches share the lock; whoever changes something has it alone.
/// A change that throws, for want of memory or because of what it was given, leaves everything as it was.
struct PhotoVectors {
    using idx_t = faiss::idx_t;

    std::shared_mutex mutex;
    std::unique_ptr<faiss::Index> index;
    /// One of these two is the index itself.
    faiss::IndexIDMap* map = nullptr;
    faiss::IndexIVFFlat* ivf = nullptr;
    /// By photo id: the row among the flat vectors, or the list of the inverted file that it is in.
    std::vector<int32_t> placeOf;

    /// Throws for an index of another kind, and where an id is out of bounds or there twice.
    explicit PhotoVectors(std::unique_ptr<faiss::Index> made);

    size_t dimension() const { return index->d; }
    size_t size() const { return index->ntotal; }
    bool has(uint32_t id) const { return id < placeOf.size() && placeOf[id] >= 0; }
    faiss::IndexFlat& flat() const { return *static_cast<faiss::IndexFlat*>(map->index); }
    faiss::ArrayInvertedLists& lists() const { return *static_cast<faiss::ArrayInvertedLists*>(ivf->invlists); }

    /// The vector of a photo that is there.
    const float* vectorOf(uint32_t id) const;
    std::vector<uint32_t> ids() const;
    /// Copies the vectors of those ids that are there.
    void copyRows(const uint32_t* wanted, size_t count, std::vector<uint32_t>& found, std::vector<float>& rows) const;
    /// Bytes that the vectors and their ids take, room that was set aside included.
    size_t bytes() const;

    /// Adds vectors under new ids; an id that is there already, or comes a second time, keeps its first vector.
    void add(size_t count, const uint32_t* ids, const float* vectors);
    /// Removes these ids; those that are not there are ignored.
    void remove(size_t count, const uint32_t* ids);

   private:
    void number();
    void place(idx_t id, int32_t at);
    void addFlat(const std::vector<idx_t>& fresh, const std::vector<float>& chosen);
    void addToLists(const std::vector<idx_t>& fresh, const std::vector<float>& chosen);
};

/// The largest dimension of vectors.
constexpr size_t kLargestDimension = 1 << 16;
