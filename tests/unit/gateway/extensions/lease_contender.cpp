// A process that wants one lease: lease_contender REDIS_URL TTL_MS. Says "gained TOKEN" and "lost", a line each.
#include <cstdio>
#include <cstdlib>

#include "gateway/extensions/lease_runner.hpp"
#include "gateway/extensions/redis_lease_store.hpp"

int main(int count, char** arguments) {
    using namespace gatehouse;
    using namespace gatehouse::extensions;
    if (count != 3) return 2;
    RedisClient::Options options;
    options.login.address = *parse_redis_address(arguments[1]);
    options.connections = 1;
    RedisClient client(options);
    RedisLeaseStore store(client);
    LeaseRunner runner(store);
    runner.keeper().add(1, {"posts", "job"}, std::chrono::milliseconds(std::atoi(arguments[2])),
                        [](LeaseKeeper::Change change, std::uint64_t token, const auto& told) {
                            if (change == LeaseKeeper::Change::gained) {
                                std::printf("gained %llu\n", static_cast<unsigned long long>(token));
                            } else {
                                std::printf("lost\n");
                            }
                            std::fflush(stdout);
                            if (told) std::abort();  // nobody gives anything up here
                        });
    runner.keeper().set_wanted(1, LeaseKeeper::Want::yes);
    while (std::getchar() != EOF) {
    }
    std::_Exit(0);  // without a release, as a crash
}
