// The inner loops of exact search, for the vector instructions of the machine it runs on. Distributions compile Faiss
// for the oldest processor they support; these definitions take the place of theirs when the binding is linked.
#include <cstddef>

#include "photo-index.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_MACHINE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define FOR_EVERY_MACHINE
#endif

namespace faiss {

// Independent partial sums: one alone would wait for each addition to finish before the next.
constexpr size_t kLanes = 64;

FOR_EVERY_MACHINE
float fvec_L2sqr(const float* x, const float* y, size_t d) {
    float sums[kLanes] = {};
    size_t i = 0;
    for (; i + kLanes <= d; i += kLanes) {
        for (size_t lane = 0; lane < kLanes; lane++) {
            const float difference = x[i + lane] - y[i + lane];
            sums[lane] += difference * difference;
        }
    }
    float sum = 0;
    for (size_t half = kLanes / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
    }
    sum = sums[0];
    for (; i < d; i++) {
        const float difference = x[i] - y[i];
        sum += difference * difference;
    }
    return sum;
}

} // namespace faiss

FOR_EVERY_MACHINE
float kindredSum(const float* values, size_t count) {
    constexpr size_t kWidth = 256;
    float sums[kWidth] = {};
    for (size_t i = 0; i + kWidth <= count; i += kWidth)
        for (size_t lane = 0; lane < kWidth; lane++) sums[lane] += values[i + lane];
    float sum = 0;
    for (float part : sums) sum += part;
    return sum;
}
