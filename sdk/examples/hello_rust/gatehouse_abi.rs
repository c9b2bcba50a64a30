//! The plugin ABI of Gatehouse, major 1, as Rust sees it: what `gatehouse/abi.h` says, in its order, under its names.
//! The header holds the rules and the meaning of every member; read it first. Functions of the host's tables are always
//! there once the table's `size` covers them; hooks of a plugin may be `None` where the header says so.
#![allow(non_camel_case_types, dead_code)]

use std::os::raw::{c_char, c_void};

pub const GH_ABI_MAJOR: u32 = 1;
pub const GH_ABI_MINOR: u32 = 0;

// ---- frozen value types --------------------------------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy)]
pub struct gh_str {
    pub ptr: *const c_char,
    pub len: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct gh_kv {
    pub key: gh_str,
    pub val: gh_str,
}

#[repr(C)]
pub struct gh_bytes {
    pub ptr: *const u8,
    pub len: usize,
    pub release: Option<unsafe extern "C" fn(owner: *mut c_void)>,
    pub owner: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct gh_op {
    pub id: u64,
}

pub type gh_status = i32;
pub const GH_OK: gh_status = 0;
pub const GH_PENDING: gh_status = 1;
pub const GH_END: gh_status = 2;
pub const GH_E_INTERNAL: gh_status = -1;
pub const GH_E_INVALID: gh_status = -2;
pub const GH_E_UNSUPPORTED: gh_status = -3;
pub const GH_E_CANCELED: gh_status = -4;
pub const GH_E_TIMEOUT: gh_status = -5;
pub const GH_E_UNAVAILABLE: gh_status = -6;
pub const GH_E_LIMIT: gh_status = -7;
pub const GH_E_STATE: gh_status = -8;
pub const GH_E_CLOSED: gh_status = -9;

#[repr(C)]
pub struct gh_error {
    pub size: u32,
    pub status: gh_status,
    pub code: gh_str,
    pub message: gh_str,
}

pub type gh_done = unsafe extern "C" fn(ctx: *mut c_void, status: gh_status, error: *const gh_error);

/// Handles: only ever held by pointer.
#[repr(C)]
pub struct gh_loop {
    _private: [u8; 0],
}
#[repr(C)]
pub struct gh_request {
    _private: [u8; 0],
}

// ---- HTTP ----------------------------------------------------------------------------------------------------------

pub const GH_IDENTITY_SERVICE: u32 = 1;

#[repr(C)]
pub struct gh_identity {
    pub size: u32,
    pub flags: u32,
    pub subject: gh_str,
    pub name: gh_str,
    pub session: gh_str,
    pub service: gh_str,
    pub roles: *const gh_str,
    pub n_roles: usize,
}

pub const GH_REQUEST_TLS: u32 = 1;

#[repr(C)]
pub struct gh_request_view {
    pub size: u32,
    pub flags: u32,
    pub method: gh_str,
    pub target: gh_str,
    pub path: gh_str,
    pub query: gh_str,
    pub authority: gh_str,
    pub remote_addr: gh_str,
    pub request_id: gh_str,
    pub trace_parent: gh_str,
    pub headers: *const gh_kv,
    pub n_headers: usize,
    pub params: *const gh_kv,
    pub n_params: usize,
    pub identity: *const gh_identity,
    pub deadline_ns: u64,
    pub body: gh_str,
    pub content_length: u64,
}

#[repr(C)]
pub struct gh_response {
    pub size: u32,
    pub code: i32,
    pub headers: *const gh_kv,
    pub n_headers: usize,
    pub body: gh_bytes,
}

pub type gh_read_done =
    unsafe extern "C" fn(ctx: *mut c_void, status: gh_status, chunk: gh_bytes, error: *const gh_error);

#[repr(C)]
pub struct gh_http {
    pub size: u32,
    pub reserved: u32,
    pub reply: unsafe extern "C" fn(*mut gh_request, *const gh_response) -> gh_status,
    pub start: unsafe extern "C" fn(*mut gh_request, *const gh_response) -> gh_status,
    pub write: unsafe extern "C" fn(*mut gh_request, gh_bytes, gh_done, *mut c_void) -> gh_status,
    pub finish: unsafe extern "C" fn(*mut gh_request, *const gh_kv, usize) -> gh_status,
    pub abort: unsafe extern "C" fn(*mut gh_request, *const gh_error),
    pub read: unsafe extern "C" fn(*mut gh_request, *mut gh_bytes, gh_read_done, *mut c_void) -> gh_status,
    pub on_cancel: unsafe extern "C" fn(*mut gh_request, gh_done, *mut c_void) -> gh_status,
    pub r#loop: unsafe extern "C" fn(*mut gh_request) -> *mut gh_loop,
}

// ---- routes --------------------------------------------------------------------------------------------------------

pub const GH_ROUTE_STREAM_IN: u32 = 1;
pub const GH_ROUTE_AUTH_OPTIONAL: u32 = 2;
pub const GH_ROUTE_INTERNAL: u32 = 4;
pub const GH_ROUTE_BLOCKING: u32 = 8;

pub type gh_handler = unsafe extern "C" fn(plugin: *mut c_void, *mut gh_request, *const gh_request_view);

#[repr(C)]
pub struct gh_route {
    pub size: u32,
    pub flags: u32,
    pub method: gh_str,
    pub pattern: gh_str,
    pub operation_id: gh_str,
    pub roles: gh_str,
    pub timeout_ms: u32,
    pub max_in_flight: u32,
    pub max_body: u64,
    pub handle: gh_handler,
    pub self_: *mut c_void,
}

// ---- host core -----------------------------------------------------------------------------------------------------

pub const GH_LOG_TRACE: i32 = 0;
pub const GH_LOG_DEBUG: i32 = 1;
pub const GH_LOG_INFO: i32 = 2;
pub const GH_LOG_WARN: i32 = 3;
pub const GH_LOG_ERROR: i32 = 4;
pub const GH_COUNTER: i32 = 0;
pub const GH_GAUGE: i32 = 1;
pub const GH_HISTOGRAM: i32 = 2;

#[repr(C)]
pub struct gh_metric {
    pub size: u32,
    pub kind: i32,
    pub name: gh_str,
    pub help: gh_str,
    pub unit: gh_str,
    pub label_names: *const gh_str,
    pub n_labels: usize,
    pub buckets: *const f64,
    pub n_buckets: usize,
}

#[repr(C)]
pub struct gh_host {
    pub size: u32,
    pub abi_minor: u32,
    pub r#impl: *mut c_void,
    pub http: *const gh_http,
    pub extension: unsafe extern "C" fn(*const gh_host, id: *const c_char) -> *const c_void,
    pub fail: unsafe extern "C" fn(*const gh_host, *const gh_error),
    pub add_route: unsafe extern "C" fn(*const gh_host, *const gh_route) -> gh_status,
    pub log_level: unsafe extern "C" fn(*const gh_host) -> i32,
    pub log: unsafe extern "C" fn(*const gh_host, level: i32, message: gh_str, *const gh_kv, usize),
    pub metric: unsafe extern "C" fn(*const gh_host, *const gh_metric, id: *mut u32) -> gh_status,
    pub record: unsafe extern "C" fn(*const gh_host, id: u32, value: f64, labels: *const gh_str),
    pub now_ns: unsafe extern "C" fn(*const gh_host) -> u64,
    pub n_loops: unsafe extern "C" fn(*const gh_host) -> u32,
    pub loop_at: unsafe extern "C" fn(*const gh_host, u32) -> *mut gh_loop,
    pub loop_here: unsafe extern "C" fn(*const gh_host) -> *mut gh_loop,
    pub post: unsafe extern "C" fn(
        *const gh_host,
        *mut gh_loop,
        work: unsafe extern "C" fn(*mut c_void),
        ctx: *mut c_void,
    ) -> gh_status,
    pub sleep: unsafe extern "C" fn(
        *const gh_host,
        *mut gh_loop,
        ns: u64,
        gh_done,
        ctx: *mut c_void,
        op: *mut gh_op,
    ) -> gh_status,
    pub offload: unsafe extern "C" fn(
        *const gh_host,
        resume_on: *mut gh_loop,
        work: unsafe extern "C" fn(*mut c_void),
        gh_done,
        ctx: *mut c_void,
    ) -> gh_status,
    pub cancel: unsafe extern "C" fn(*const gh_host, gh_op),
    pub hold: unsafe extern "C" fn(*const gh_host, why: gh_str, op: *mut gh_op) -> gh_status,
    pub unhold: unsafe extern "C" fn(*const gh_host, gh_op),
}

// ---- plugin --------------------------------------------------------------------------------------------------------

pub type gh_step = unsafe extern "C" fn(plugin: *mut c_void, done: gh_done, ctx: *mut c_void) -> gh_status;

#[repr(C)]
pub struct gh_plugin {
    pub size: u32,
    pub abi_minor: u32,
    pub id: gh_str,
    pub version: gh_str,
    pub sdk: gh_str,
    pub description: gh_str,
    pub config_schema: gh_str,
    pub openapi: gh_str,
    pub needs: *const *const c_char,
    pub create: unsafe extern "C" fn(*const gh_host, config_json: gh_str, plugin: *mut *mut c_void) -> gh_status,
    pub start: Option<gh_step>,
    pub health: Option<gh_step>,
    pub drain: Option<
        unsafe extern "C" fn(plugin: *mut c_void, deadline_ns: u64, done: gh_done, ctx: *mut c_void) -> gh_status,
    >,
    pub stop: Option<gh_step>,
    pub destroy: unsafe extern "C" fn(plugin: *mut c_void),
    pub extension: Option<unsafe extern "C" fn(plugin: *mut c_void, id: *const c_char) -> *const c_void>,
}

/// The note that says, without loading the file, what it is. Once per plugin, with literals.
#[macro_export]
macro_rules! gh_plugin_note {
    ($id:literal, $version:literal, $sdk:literal) => {
        const GH_NOTE_TEXT: &[u8] =
            concat!("id=", $id, "\nversion=", $version, "\nabi=1.0\nsdk=", $sdk, "\n\0").as_bytes();
        const GH_NOTE_ROOM: usize = (GH_NOTE_TEXT.len() + 3) & !3;

        #[repr(C, align(4))]
        struct GhNote {
            name_size: u32,
            text_size: u32,
            kind: u32,
            name: [u8; 4],
            text: [u8; GH_NOTE_ROOM],
        }

        const fn gh_note_text() -> [u8; GH_NOTE_ROOM] {
            let mut text = [0; GH_NOTE_ROOM];
            let mut at = 0;
            while at < GH_NOTE_TEXT.len() {
                text[at] = GH_NOTE_TEXT[at];
                at += 1;
            }
            text
        }

        #[used]
        #[link_section = ".note.gh.plugin"]
        static GH_PLUGIN_NOTE: GhNote = GhNote {
            name_size: 3,
            text_size: GH_NOTE_TEXT.len() as u32,
            kind: 0x4757_3031,
            name: *b"GH\0\0",
            text: gh_note_text(),
        };
    };
}
