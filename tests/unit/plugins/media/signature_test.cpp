#include "plugins/media/store/signature.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "plugins/media/store/digest.hpp"

namespace {

using media::SignedRequest;
using media::SigningKey;

struct Vector {
    const char* name;
    SigningKey key;
    SignedRequest request;
    const char* signature;
};
std::ostream& operator<<(std::ostream& out, const Vector& one) { return out << one.name; }

const SigningKey kS3{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};
const SigningKey kSuite{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
const SigningKey kIam{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "iam"};

const std::string kEmpty(media::kEmptySha256);
constexpr char kS3Time[] = "20130524T000000Z", kSuiteTime[] = "20150830T123600Z";

SignedRequest s3(std::string method, std::string path, std::vector<std::pair<std::string, std::string>> query,
                 std::vector<std::pair<std::string, std::string>> more = {}, std::string payload = kEmpty) {
    SignedRequest request{std::move(method), std::move(path), std::move(query), std::move(more), payload, kS3Time};
    request.headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
    request.headers.emplace_back("x-amz-content-sha256", payload);
    request.headers.emplace_back("x-amz-date", kS3Time);
    return request;
}

SignedRequest suite(std::string method, std::string path, std::vector<std::pair<std::string, std::string>> query = {},
                    std::vector<std::pair<std::string, std::string>> more = {}) {
    SignedRequest request{std::move(method), std::move(path), std::move(query), std::move(more), kEmpty, kSuiteTime};
    request.headers.emplace_back("Host", "example.amazonaws.com");
    request.headers.emplace_back("X-Amz-Date", kSuiteTime);
    return request;
}

SignedRequest list_users() {
    SignedRequest request = suite("GET", "/", {{"Action", "ListUsers"}, {"Version", "2010-05-08"}},
                                  {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}});
    request.headers[1].second = "iam.amazonaws.com";
    return request;
}

// The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" of the S3 API
// reference, the example of the general reference, and cases of AWS's Signature Version 4 test suite.
const std::vector<Vector> kVectors{
    {"S3GetObject", kS3, s3("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}),
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"S3PutObject", kS3,
     s3("PUT", "/test%24file.text", {},
        {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
        media::to_hex(media::sha256("Welcome to Amazon S3."))),
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"S3GetBucketLifecycle", kS3, s3("GET", "/", {{"lifecycle", ""}}),
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"S3ListObjects", kS3, s3("GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}),
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    {"IamListUsers", kIam, list_users(), "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
    {"GetVanilla", kSuite, suite("GET", "/"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"PostVanilla", kSuite, suite("POST", "/"), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"GetVanillaQueryOrderKeyCase", kSuite, suite("GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}),
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"GetUnreserved", kSuite, suite("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"GetUtf8", kSuite, suite("GET", "/%E1%88%B4"), "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"GetHeaderValueTrim", kSuite, suite("GET", "/", {}, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}),
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
};

class SignatureTest : public ::testing::TestWithParam<Vector> {};

TEST_P(SignatureTest, IsTheOneThatAwsPublished) {
    const std::string field = media::authorization(GetParam().key, GetParam().request);
    EXPECT_EQ(field.substr(field.find("Signature=") + 10), GetParam().signature)
        << media::canonical_request(GetParam().request) << "\n\n"
        << media::string_to_sign(GetParam().key, GetParam().request);
}

INSTANTIATE_TEST_SUITE_P(Published, SignatureTest, ::testing::ValuesIn(kVectors),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(SignatureFieldTest, NamesTheKeyTheScopeAndWhatIsSigned) {
    EXPECT_TRUE(media::authorization(kSuite, suite("GET", "/"))
                    .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                                 "SignedHeaders=host;x-amz-date,Signature="));
}

TEST(DigestTest, IsThatOfTheStandard) {
    EXPECT_EQ(media::to_hex(media::sha256("")), media::kEmptySha256);
    EXPECT_EQ(media::to_hex(media::hmac_sha256("Jefe", "what do ya want for nothing?")),  // RFC 4231, 4.3
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
