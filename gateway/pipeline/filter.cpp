#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

Task<Verdict> Filter::resume(Exchange&) { co_return Verdict::next; }

Task<bool> Filter::passes_still(const Exchange&) { co_return true; }

}  // namespace gatehouse::pipeline
