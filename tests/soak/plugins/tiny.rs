//! tiny.c's answers in Rust. Routes: GET /now, /later, /work.

#[macro_use]
#[path = "../../../sdk/examples/hello_rust/gatehouse_abi.rs"]
mod gatehouse_abi;

use gatehouse_abi::*;
use std::os::raw::{c_char, c_void};
use std::{mem, ptr};

gh_plugin_note!("soak.tiny", "1.0.0", "rust");

const NOTHING: gh_str = gh_str { ptr: ptr::null(), len: 0 };
const fn text(value: &'static str) -> gh_str {
    gh_str { ptr: value.as_ptr() as *const c_char, len: value.len() }
}

/// Overwritten in copies of the file: read from memory, never folded into the code.
#[used]
static MARKER: [u8; 25] = *b"GATEHOUSE-SOAK-0000000000";

fn marker() -> String {
    MARKER.iter().map(|octet| unsafe { ptr::read_volatile(octet) } as char).collect()
}

struct Tiny {
    host: *const gh_host,
}

struct Open {
    host: *const gh_host,
    request: *mut gh_request,
    sum: u64,
}

impl Open {
    fn http(&self) -> &gh_http {
        unsafe { &*(*self.host).http }
    }

    fn answer(self, place: &str) {
        unsafe extern "C" fn release(owner: *mut c_void) {
            drop(Box::from_raw(owner as *mut String));
        }
        let owned = Box::new(format!("{} {} {}\n{}\n", marker(), place, self.sum, marker()));
        let headers = [gh_kv { key: text("content-type"), val: text("text/plain") }];
        let (bytes, len) = (owned.as_ptr(), owned.len());
        let response = gh_response {
            size: mem::size_of::<gh_response>() as u32,
            code: 200,
            headers: headers.as_ptr(),
            n_headers: headers.len(),
            body: gh_bytes { ptr: bytes, len, release: Some(release), owner: Box::into_raw(owned) as *mut c_void },
        };
        if unsafe { (self.http().reply)(self.request, &response) } != GH_OK {
            unsafe { (self.http().abort)(self.request, ptr::null()) }
        }
    }
}

unsafe fn open(plugin: *mut c_void, request: *mut gh_request) -> Open {
    Open { host: (*(plugin as *const Tiny)).host, request, sum: 0 }
}

unsafe extern "C" fn now(plugin: *mut c_void, request: *mut gh_request, _: *const gh_request_view) {
    open(plugin, request).answer("now");
}

unsafe extern "C" fn later(plugin: *mut c_void, request: *mut gh_request, _: *const gh_request_view) {
    unsafe extern "C" fn wake(context: *mut c_void, _: gh_status, _: *const gh_error) {
        Box::from_raw(context as *mut Open).answer("later");
    }
    let waiting = open(plugin, request);
    let host = waiting.host;
    let on = (waiting.http().r#loop)(request);
    let context = Box::into_raw(Box::new(waiting));
    let mut op = gh_op { id: 0 };
    if ((*host).sleep)(host, on, 5_000_000, wake, context as *mut c_void, &mut op) != GH_PENDING {
        Box::from_raw(context).answer("no timer");
    }
}

unsafe extern "C" fn work(plugin: *mut c_void, request: *mut gh_request, _: *const gh_request_view) {
    unsafe extern "C" fn add(context: *mut c_void) {
        (*(context as *mut Open)).sum = (0..1000).sum();
    }
    unsafe extern "C" fn done(context: *mut c_void, _: gh_status, _: *const gh_error) {
        Box::from_raw(context as *mut Open).answer("work");
    }
    let waiting = open(plugin, request);
    let host = waiting.host;
    let on = (waiting.http().r#loop)(request);
    let context = Box::into_raw(Box::new(waiting));
    if ((*host).offload)(host, on, add, done, context as *mut c_void) != GH_PENDING {
        Box::from_raw(context).answer("no worker");
    }
}

unsafe extern "C" fn create(host: *const gh_host, _config: gh_str, plugin: *mut *mut c_void) -> gh_status {
    let this = Box::into_raw(Box::new(Tiny { host })) as *mut c_void;
    let routes: [(&'static str, gh_handler); 3] = [("/now", now), ("/later", later), ("/work", work)];
    for (pattern, handle) in routes {
        let route = gh_route {
            size: mem::size_of::<gh_route>() as u32,
            flags: GH_ROUTE_AUTH_OPTIONAL,
            method: text("GET"),
            pattern: text(pattern),
            operation_id: text(pattern),
            roles: NOTHING,
            timeout_ms: 0,
            max_in_flight: 0,
            max_body: 0,
            handle,
            self_: this,
        };
        let status = ((*host).add_route)(host, &route);
        if status != GH_OK {
            destroy(this);
            return status;
        }
    }
    *plugin = this;
    GH_OK
}

unsafe extern "C" fn destroy(plugin: *mut c_void) {
    drop(Box::from_raw(plugin as *mut Tiny));
}

struct Table(gh_plugin);
unsafe impl Sync for Table {}

static TABLE: Table = Table(gh_plugin {
    size: mem::size_of::<gh_plugin>() as u32,
    abi_minor: GH_ABI_MINOR,
    id: text("soak.tiny"),
    version: text("1.0.0"),
    sdk: text("rust"),
    description: NOTHING,
    config_schema: NOTHING,
    openapi: NOTHING,
    needs: ptr::null(),
    create,
    start: None,
    health: None,
    drain: None,
    stop: None,
    destroy,
    extension: None,
});

#[no_mangle]
pub extern "C" fn gh_plugin_entry_v1() -> *const gh_plugin {
    &TABLE.0
}
