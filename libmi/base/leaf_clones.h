/* leaf_clones.h - one function built for several instruction sets. Private.
 *
 * uses: nothing
 */
#ifndef MI_LEAF_CLONES_H
#define MI_LEAF_CLONES_H

/* MI_CLONES("avx2", ...) before a static function: one binary for every x86-64, of which the loader
 * picks the clone, by features and not by names of CPUs, which gcc would take literally
 * (arch=haswell is false on an AMD CPU). Elsewhere the baseline is already vector code.
 * ThreadSanitizer and AddressSanitizer runtimes are not up when resolvers run, so they get one
 * version. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MI_ONE_VERSION 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MI_ONE_VERSION 1
#endif

/* Sums over a row keep partial sums in arrays of their own, which no input indexes: no canary, which
 * would be set and looked at for every row. clang has no such clones. */
#if defined(__has_attribute) && !defined(__clang__)
#if __has_attribute(no_stack_protector)
#define MI_NO_CANARY __attribute__((no_stack_protector))
#endif
#endif
#ifndef MI_NO_CANARY
#define MI_NO_CANARY
#endif

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(MI_ONE_VERSION)
#define MI_CLONES(...) MI_NO_CANARY __attribute__((target_clones("default", __VA_ARGS__)))
#else
#define MI_CLONES(...) MI_NO_CANARY
#endif

#endif
