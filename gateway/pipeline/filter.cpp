#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

Task<Verdict> Filter::resume(Exchange&) { co_return Verdict::next; }

}  // namespace gatehouse::pipeline
