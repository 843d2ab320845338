#pragma once
#include <cstddef>
#include <napi.h>

/// Adds `photoIndex` to what the binding exports, see faiss.ts.
void initPhotoIndex(Napi::Env env, Napi::Object exports);

/// The sum of numbers, read as fast as the machine reads memory (faiss-kernels.cc).
float kindredSum(const float* values, size_t count);
