#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "gateway/http/characters.hpp"

// Searches over the octets of a head, sixteen at a time where the processor can. Nothing outside [from, end) is read.
namespace gatehouse::http {

#if defined(__SSE2__)
// One bit for each of the 16 octets that is a control other than HTAB.
inline std::uint32_t control_mask(const char* from) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1f)), octets);
    const __m128i tab = _mm_cmpeq_epi8(octets, _mm_set1_epi8('\t'));
    const __m128i del = _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x7f));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del)));
}

inline std::uint32_t carriage_return_mask(const char* from) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8('\r'))));
}
#endif

// The first control other than HTAB, or end.
inline const char* find_control(const char* from, const char* end) {
#if defined(__SSE2__)
    for (; end - from >= 16; from += 16) {
        if (const std::uint32_t mask = control_mask(from)) return from + std::countr_zero(mask);
    }
#endif
    while (from != end && is_field_value_char(*from)) ++from;
    return from;
}

// The first CR, or end.
inline char* find_carriage_return(char* from, char* end) {
#if defined(__SSE2__)
    for (; end - from >= 16; from += 16) {
        if (const std::uint32_t mask = carriage_return_mask(from)) return from + std::countr_zero(mask);
    }
#endif
    while (from != end && *from != '\r') ++from;
    return from;
}

}  // namespace gatehouse::http
