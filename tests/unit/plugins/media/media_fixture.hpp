// The service in the SDK's test host, with a directory of its own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/media/sample_images.hpp"
#include "tests/unit/plugins/support/test_database.hpp"
#include "tests/unit/support/test_directory.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

class MediaTest : public ::testing::Test {
protected:
    using Answer = gatehouse::testing::Answer;
    using Format = media::image::Format;
    static constexpr std::int64_t kAnn = 7, kBob = 8;

    static constexpr char kConfig[] = R"("max_bytes":200000,"max_pixels":1000000,"widths":[64,256])";

    Answer upload(const std::string& bytes, std::int64_t user = kAnn, std::string content_type = "image/png") {
        return host_.request("POST", "/api/media")
            .as_user(user)
            .chunks(pieces_of(bytes))
            .header("content-type", content_type)
            .send();
    }
    Answer upload_form(const std::vector<samples::Part>& parts) {
        return upload(samples::form(parts), kAnn, samples::kFormType);
    }
    Answer get(const std::string& target) { return host_.request("GET", target).send(); }
    Answer remove(const std::string& url, std::int64_t user = kAnn) {
        return host_.request("DELETE", url).as_user(user).send();
    }

    static std::string url_of(const Answer& answer) { return std::string(answer.json().at("url").as_string()); }
    static std::int64_t number(const Answer& answer, const char* key) { return answer.json().at(key).as_int64(); }

    // As a network would cut it.
    static std::vector<std::string> pieces_of(const std::string& bytes) {
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < bytes.size(); at += 1'000) pieces.push_back(bytes.substr(at, 1'000));
        return pieces;
    }

    TestDatabase database_;
    TestDirectory directory_;
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() +
                                                                 R"(","directory":")" + directory_.path().string() +
                                                                 R"(",)" + kConfig + "}"};
};
