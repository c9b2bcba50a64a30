// Signatures as Standard Webhooks wants them: its published example.
#include "plugins/notify/webhook/signature.hpp"

#include <gtest/gtest.h>

namespace {

TEST(WebhookSignatureTest, IsThatOfTheStandardsExample) {
    const std::string key =
        "\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0";
    EXPECT_EQ(notify::to_secret(key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    EXPECT_EQ(notify::webhook_signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignatureTest, KeysAreLongAndNeverTheSame) {
    EXPECT_EQ(notify::new_webhook_key().size(), 32U);
    EXPECT_NE(notify::new_webhook_key(), notify::new_webhook_key());
}

}  // namespace
