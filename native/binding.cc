// One binary: faiss-node's own source, unchanged, and what Kindred adds to it.
#include <napi.h>

#pragma push_macro("NODE_API_MODULE")
#undef NODE_API_MODULE
#define NODE_API_MODULE(name, init)
#include <faiss.cc>
#pragma pop_macro("NODE_API_MODULE")

#include "photo-index.h"

Napi::Object InitAll(Napi::Env env, Napi::Object exports)
{
  initPhotoIndex(env, exports);
  return Init(env, exports);
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, InitAll)
