// Faiss's own reader takes sizes in a file for granted: a damaged one makes it write out of bounds, or ask for more
// memory than there is. This one knows the two kinds that Kindred writes, and believes no number before the bytes are
// there. The format is that of faiss/impl/index_write.cpp.
#include "read-index.h"

#include <cstdio>
#include <stdexcept>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/io.h>

#include "photo-vectors.h"

namespace {

using faiss::fourcc;
using faiss::idx_t;

void require(bool isFine) {
    if (!isFine) throw std::runtime_error("the index file is damaged, or of another kind");
}

/// The bytes from an offset to the end of a file.
class Bytes {
    std::FILE* stream;
    uint64_t left = 0;

   public:
    Bytes(const std::string& path, uint64_t offset) : stream(std::fopen(path.c_str(), "rb")) {
        if (!stream) throw std::runtime_error("cannot open " + path);
        const bool isAtEnd = std::fseek(stream, 0, SEEK_END) == 0;
        const long size = std::ftell(stream);
        if (isAtEnd && size >= 0 && offset <= static_cast<uint64_t>(size) &&
            std::fseek(stream, static_cast<long>(offset), SEEK_SET) == 0) {
            left = static_cast<uint64_t>(size) - offset;
            return;
        }
        std::fclose(stream);
        throw std::runtime_error("cannot read at that place");
    }
    ~Bytes() { std::fclose(stream); }
    Bytes(const Bytes&) = delete;

    bool isAtEnd() const { return left == 0; }
    /// Whether there can be so many elements of this size.
    bool canHold(uint64_t count, size_t size) const { return count <= left / size; }

    void into(void* to, uint64_t count) {
        require(count <= left);
        if (count > 0 && std::fread(to, 1, count, stream) != count) throw std::runtime_error("cannot read the index file");
        left -= count;
    }

    template <class T>
    T value() {
        T read;
        into(&read, sizeof(T));
        return read;
    }

    /// Fills a vector with that many elements.
    template <class Vector>
    void fill(Vector& vector, uint64_t count) {
        require(canHold(count, sizeof(vector[0])));
        vector.resize(count);
        into(vector.data(), count * sizeof(vector[0]));
    }
};

struct Header {
    size_t dimension;
    size_t count;
};

Header readHeader(Bytes& from) {
    const auto dimension = from.value<int32_t>();
    const auto count = from.value<int64_t>();
    // Two numbers without a meaning, then whether it was trained.
    from.value<int64_t>();
    from.value<int64_t>();
    require(from.value<uint8_t>() == 1 && from.value<int32_t>() == faiss::METRIC_L2);
    require(dimension > 0 && static_cast<size_t>(dimension) <= kLargestDimension && count >= 0);
    return {static_cast<size_t>(dimension), static_cast<size_t>(count)};
}

std::unique_ptr<faiss::IndexFlatL2> readFlat(Bytes& from, size_t dimension, size_t count) {
    require(from.value<uint32_t>() == fourcc("IxF2"));
    const Header header = readHeader(from);
    require(header.dimension == dimension && header.count == count);
    const auto numbers = from.value<uint64_t>();
    require(numbers / dimension == count && numbers % dimension == 0 && numbers <= UINT64_MAX / sizeof(float));
    auto flat = std::make_unique<faiss::IndexFlatL2>(dimension);
    from.fill(flat->codes, numbers * sizeof(float));
    flat->ntotal = count;
    return flat;
}

std::unique_ptr<faiss::Index> readMap(Bytes& from) {
    const auto [dimension, count] = readHeader(from);
    auto flat = readFlat(from, dimension, count);
    // Faiss makes a map of an empty index only.
    flat->ntotal = 0;
    auto map = std::make_unique<faiss::IndexIDMap>(flat.get());
    map->own_fields = true;
    flat.release()->ntotal = count;
    require(from.value<uint64_t>() == count);
    from.fill(map->id_map, count);
    map->ntotal = count;
    return map;
}

/// Vectors in each list, as Faiss writes them: of all lists, or of those that hold any.
std::vector<uint64_t> readSizes(Bytes& from, size_t lists) {
    const auto kind = from.value<uint32_t>();
    const auto numbers = from.value<uint64_t>();
    std::vector<uint64_t> written;
    from.fill(written, numbers);
    if (kind == fourcc("full")) {
        require(numbers == lists);
        return written;
    }
    require(kind == fourcc("sprs") && numbers % 2 == 0);
    std::vector<uint64_t> sizes(lists);
    for (size_t i = 0; i < numbers; i += 2) {
        require(written[i] < lists);
        sizes[written[i]] = written[i + 1];
    }
    return sizes;
}

std::unique_ptr<faiss::Index> readInvertedFile(Bytes& from) {
    const auto [dimension, count] = readHeader(from);
    const auto lists = from.value<uint64_t>();
    const auto nprobe = from.value<uint64_t>();
    require(lists > 0 && nprobe > 0);
    auto quantizer = readFlat(from, dimension, lists);
    // No map from ids to places: they are numbered here.
    require(from.value<uint8_t>() == 0 && from.value<uint64_t>() == 0);
    const size_t codeSize = dimension * sizeof(float);
    require(from.canHold(count, codeSize) && from.value<uint32_t>() == fourcc("ilar"));
    require(from.value<uint64_t>() == lists && from.value<uint64_t>() == codeSize);
    const auto sizes = readSizes(from, lists);

    auto ivf = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), dimension, lists);
    ivf->own_fields = true;
    quantizer.release();
    ivf->is_trained = true;
    auto* inverted = dynamic_cast<faiss::ArrayInvertedLists*>(ivf->invlists);
    require(inverted != nullptr);
    for (size_t list = 0; list < lists; list++) {
        require(sizes[list] <= count);
        from.fill(inverted->codes[list], sizes[list] * codeSize);
        from.fill(inverted->ids[list], sizes[list]);
        ivf->ntotal += sizes[list];
    }
    require(static_cast<size_t>(ivf->ntotal) == count);
    return ivf;
}

} // namespace

std::unique_ptr<faiss::Index> readIndex(const std::string& path, uint64_t offset) {
    Bytes from(path, offset);
    const auto kind = from.value<uint32_t>();
    require(kind == fourcc("IxMp") || kind == fourcc("IwFl"));
    auto index = kind == fourcc("IxMp") ? readMap(from) : readInvertedFile(from);
    require(from.isAtEnd());
    return index;
}
