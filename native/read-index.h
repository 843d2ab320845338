#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <faiss/Index.h>

/// Reads an index that Faiss wrote, from an offset to the end of a file. Throws where the file is anything else: a
/// damaged one asks for no more memory than it has bytes, and never leads outside of what was read.
std::unique_ptr<faiss::Index> readIndex(const std::string& path, uint64_t offset);
