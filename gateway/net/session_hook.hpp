#pragma once

#include <boost/intrusive/list.hpp>

namespace gatehouse::net {

// What puts a session into its loop's lists.
struct SessionHook {
    boost::intrusive::list_member_hook<> all;
    boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> idle;
};

using AllSessions = boost::intrusive::member_hook<SessionHook, boost::intrusive::list_member_hook<>, &SessionHook::all>;
using IdleSessions = boost::intrusive::member_hook<
    SessionHook, boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
    &SessionHook::idle>;

}  // namespace gatehouse::net
