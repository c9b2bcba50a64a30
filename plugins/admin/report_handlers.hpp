// Translates requests into calls of ReportService and back.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <gatehouse/handler.hpp>

#include "plugins/admin/report_service.hpp"

namespace admin {

class ReportHandlers final {
public:
    explicit ReportHandlers(ReportService& service) : service_(service) {}

    // 201, or 200 with the report that the same user has open about the same.
    gatehouse::Response file(const gatehouse::Request& request, const ReportDraft& draft) {
        const auto [report, is_new] = service_.file(request, draft);
        return gatehouse::Response::json(Receipt{report.id, report.target, report.reason, report.created_at},
                                         is_new ? 201 : 200);
    }
    gatehouse::Page<Report> list(gatehouse::Query<ReportQuery> query) { return service_.list(query); }
    gatehouse::Tagged<Report> show(gatehouse::PathParam<std::int64_t> id) {
        Report report = service_.find(id);
        std::string tag = gatehouse::etag_of(gatehouse::to_json(report));
        return {std::move(report), std::move(tag)};
    }
    // 200, or 202 while it is being carried out.
    gatehouse::Response resolve(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                const Decision& decision) {
        const Report report = service_.resolve(request, id, decision);
        return gatehouse::Response::json(report, report.state == ReportState::resolved ? 200 : 202);
    }

private:
    ReportService& service_;
};

}  // namespace admin
