#pragma once

namespace gatehouse::host {

class Generation;

// One host extension ("gh.kv/1"): a C table and what stands behind it. Made once per process by the composition root,
// handed over in PluginHost::Options::extensions, and outlives every plugin; so what it keeps survives reloads. The
// table's functions get the gh_host that the plugin was given: HostTable::of(host) tells which generation asks, and
// HostTable::of(host).behind<Kv>() finds the extension itself.
//
// A callback into the plugin is counted from the promise until it has returned (operations().begin() … end()); code of
// the plugin that runs on a thread of the extension's own does so under Generation::visit().
class Extension {
public:
    virtual ~Extension() = default;
    virtual const char* id() const = 0;     // "gh.kv/1"; static
    virtual const void* table() const = 0;  // the C table; static

    // What happens to a generation, in this order. All [lifecycle].
    virtual void attach(Generation&) {}      // before create()
    virtual void activate(Generation&) {}    // requests go to it from now on; again after a rollback
    virtual void deactivate(Generation&) {}  // another one has taken over, or it is about to end: leases are given up
    virtual void cancel(Generation&) {}      // the drain deadline has passed: what is pending ends with GH_E_CANCELED
    virtual void detach(Generation&) {}      // destroy() has returned: nothing of it may be called any more
};

}  // namespace gatehouse::host
