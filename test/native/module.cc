// photoIndex alone, without faiss-node's classes: what the sanitizers look at.
// With `failAllocation`, where failing-new.cc is loaded before it.
#include <dlfcn.h>
#include <napi.h>

#include "photo-index.h"

static Napi::Value failAllocation(const Napi::CallbackInfo& info) {
    static const auto fail = reinterpret_cast<long (*)(long)>(dlsym(RTLD_DEFAULT, "kindredFailAllocation"));
    if (!fail) throw Napi::Error::New(info.Env(), "failing-new is not loaded");
    return Napi::Number::New(info.Env(), fail(info[0].As<Napi::Number>().Int64Value()));
}

static Napi::Object init(Napi::Env env, Napi::Object exports) {
    initPhotoIndex(env, exports);
    exports.Set("failAllocation", Napi::Function::New(env, failAllocation));
    return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)
