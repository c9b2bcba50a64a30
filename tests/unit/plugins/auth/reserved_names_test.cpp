#include "plugins/auth/reserved_names.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

TEST(ReservedNamesTest, WhatLooksLikeTheOperatorIsReserved) {
    for (const char* name :
         {"admin",     "ADMIN",     "Adm1n",     "admln",         "a.d.m.i.n", "admin_",    "-admin-",
          "adrnin",    "aclmin",    "4dmin",     "administrator", "root",      "r00t",      "R_oot",
          "support",   "supp0rt",   "5upport",   "system",        "sy5tem",    "systern",   "moderator",
          "m0der4tor", "gatehouse", "g4tehou5e", "Gate-House",    "staff",     "postmaster"}) {
        EXPECT_TRUE(is_reserved_name(name)) << name;
    }
}

TEST(ReservedNamesTest, NamesThatOnlyContainOneAreNot) {
    for (const char* name : {"ann", "root1", "groot", "administer", "badminton", "adminton", "systema", "supporter",
                             "gatehouse-keeper", "moderato", "Stafford", "martin", "clive"}) {
        EXPECT_FALSE(is_reserved_name(name)) << name;
    }
}

}  // namespace
}  // namespace auth
