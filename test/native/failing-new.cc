// Loaded before everything else: lets the n-th allocation of the module or of Faiss fail, as on a machine whose memory is
// full. Allocations inside of Faiss's parallel loops are spared: an exception there ends any program.
#include <dlfcn.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace {

/// Allocations until one fails; negative: none does.
thread_local long left = -1;
/// More than any test needs.
constexpr size_t kLargest = size_t(1) << 30;

bool isOurs(void* caller) {
    Dl_info about;
    if (!dladdr(caller, &about) || !about.dli_fname) return false;
    return std::strstr(about.dli_fname, "libfaiss") || std::strstr(about.dli_fname, ".node");
}

bool isInParallelLoop() {
    static void* const openMp = dlopen("libgomp.so.1", RTLD_LAZY | RTLD_NOLOAD);
    static const auto level = openMp ? reinterpret_cast<int (*)()>(dlsym(openMp, "omp_get_level")) : nullptr;
    return !level || level() > 0;
}

} // namespace

/// Lets the n-th allocation of this thread from now on fail; a negative n: none. Returns what is left of the last n.
extern "C" long kindredFailAllocation(long n) {
    const long before = left;
    left = n;
    return before;
}

void* operator new(size_t size) {
    static const auto next = reinterpret_cast<void* (*)(size_t)>(dlsym(RTLD_NEXT, "_Znwm"));
    if (left >= 0 && isOurs(__builtin_return_address(0)) && !isInParallelLoop()) {
        if (left-- == 0 || size > kLargest) throw std::bad_alloc();
    }
    return next(size);
}
