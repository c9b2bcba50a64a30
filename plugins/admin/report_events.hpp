// What this service tells others; the subject is "report/<id>".
#pragma once

#include <gatehouse/storage/transaction.hpp>

#include "plugins/admin/report.hpp"

namespace admin::events {

void created(gatehouse::Transaction& tx, const Report& report);
void resolved(gatehouse::Transaction& tx, const Report& report);

}  // namespace admin::events
