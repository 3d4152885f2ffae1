//! The official Rust library as client and server of the service that all programs of this folder speak.
//! Usage: interop serve|check SOCKET
//!
//! One thread only: the library hands the messages of a stream to tasks of their own, which keep their order
//! there alone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use protobuf::well_known_types::wrappers::BytesValue;
use protobuf::Message;
use tokio::io::AsyncReadExt;
use ttrpc::r#async::{Client, MethodHandler, Server, Service, StreamHandler, StreamInner, TtrpcContext};
use ttrpc::{get_status, Code, Error, Request, Response};

const SERVICE: &str = "millrace.test.Interop";

fn wrap(text: &[u8]) -> Vec<u8> {
    let mut message = BytesValue::new();
    message.value = text.to_vec();
    message.write_to_bytes().unwrap()
}

fn unwrap(bytes: &[u8]) -> Vec<u8> {
    BytesValue::parse_from_bytes(bytes).unwrap().value
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8(unwrap(bytes)).unwrap()
}

fn answer(text: &[u8]) -> Response {
    let mut response = Response::new();
    response.payload = wrap(text);
    response
}

fn refusal(code: Code, message: &str) -> Response {
    let mut response = Response::new();
    response.set_status(get_status(code, message));
    response
}

// --- server ---

struct Unary(&'static str);

#[async_trait]
impl MethodHandler for Unary {
    async fn handler(&self, context: TtrpcContext, request: Request) -> ttrpc::Result<Response> {
        let text = unwrap(&request.payload);
        Ok(match self.0 {
            "Echo" => answer(&text),
            "Fail" => {
                let code: i32 = String::from_utf8(text).unwrap().parse().unwrap();
                let message = format!("failed with {code}");
                refusal(protobuf::Enum::from_i32(code).unwrap(), &message)
            }
            "Sleep" => {
                let milliseconds = text_of(&request.payload).parse().unwrap();
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                answer(&text)
            }
            _ => {
                let values = context.metadata.get(&text_of(&request.payload));
                answer(values.map_or("", |values| values[0].as_str()).as_bytes())
            }
        })
    }
}

struct Streaming(&'static str);

#[async_trait]
impl StreamHandler for Streaming {
    async fn handler(&self, _: TtrpcContext, stream: StreamInner) -> ttrpc::Result<Option<Response>> {
        match self.0 {
            "Down" => down(stream).await,
            "Up" => up(stream).await,
            _ => chat(stream).await,
        }
    }
}

async fn down(mut stream: StreamInner) -> ttrpc::Result<Option<Response>> {
    let count: usize = text_of(&stream.recv().await?).parse().unwrap();
    for i in 0..count {
        stream.send(wrap(format!("piece {i}").as_bytes())).await?;
    }
    Ok((count == 1).then(|| refusal(Code::NOT_FOUND, "only one")))
}

async fn up(mut stream: StreamInner) -> ttrpc::Result<Option<Response>> {
    let mut all = Vec::new();
    loop {
        match stream.recv().await {
            Ok(piece) => all.extend(unwrap(&piece)),
            Err(Error::Eof) => return Ok(Some(answer(&all))),
            Err(error) => return Err(error),
        }
    }
}

async fn chat(mut stream: StreamInner) -> ttrpc::Result<Option<Response>> {
    loop {
        match stream.recv().await {
            Ok(piece) => stream.send(piece).await?,
            Err(Error::Eof) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn service() -> Service {
    let mut service = Service { methods: HashMap::new(), streams: HashMap::new() };
    for name in ["Echo", "Fail", "Sleep", "Metadata"] {
        service.methods.insert(name.to_string(), Box::new(Unary(name)));
    }
    for name in ["Down", "Up", "Chat"] {
        service.streams.insert(name.to_string(), Arc::new(Streaming(name)));
    }
    service
}

async fn serve(address: &str) {
    let mut server = Server::new()
        .bind(address)
        .unwrap()
        .register_service(HashMap::from([(SERVICE.to_string(), service())]));
    server.start().await.unwrap();
    println!("ready");
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.unwrap();
    std::process::exit(0);
}

// --- client ---

fn expect(what: &str, fine: bool) {
    assert!(fine, "{what}: not as expected");
    println!("ok {what}");
}

fn request(service: &str, method: &str, payload: Vec<u8>) -> Request {
    let mut request = Request::new();
    request.service = service.to_string();
    request.method = method.to_string();
    request.payload = payload;
    request
}

fn code_of<T>(result: &ttrpc::Result<T>) -> Code {
    match result {
        Err(Error::RpcStatus(status)) => status.code(),
        _ => Code::OK,
    }
}

async fn call(client: &Client, method: &str, text: &str) -> ttrpc::Result<Vec<u8>> {
    let response = client.request(request(SERVICE, method, wrap(text.as_bytes()))).await?;
    Ok(unwrap(&response.payload))
}

async fn check_calls(client: &Client) {
    expect("echo", call(client, "Echo", "hello").await.unwrap() == b"hello");
    expect("empty echo", call(client, "Echo", "").await.unwrap().is_empty());
    for code in [Code::INVALID_ARGUMENT, Code::NOT_FOUND, Code::ABORTED, Code::UNAVAILABLE, Code::UNAUTHENTICATED] {
        let result = call(client, "Fail", &(code as i32).to_string()).await;
        expect(&format!("error {code:?}"), code_of(&result) == code);
    }
    let missing = call(client, "Missing", "").await;
    expect("unknown method", code_of(&missing) == Code::UNIMPLEMENTED);
    let unknown = client.request(request("no.Service", "Echo", Vec::new())).await;
    expect("unknown service", code_of(&unknown) == Code::UNIMPLEMENTED);
    let mut with_metadata = request(SERVICE, "Metadata", wrap(b"millrace-instance"));
    let metadata = HashMap::from([("millrace-instance".to_string(), vec!["42".to_string()])]);
    with_metadata.metadata = ttrpc::context::to_pb(metadata);
    expect("metadata", unwrap(&client.request(with_metadata).await.unwrap().payload) == b"42");
    let mut soon = request(SERVICE, "Sleep", wrap(b"300"));
    soon.timeout_nano = 50_000_000;
    expect("time-out", client.request(soon).await.is_err());
    expect("after the time-out", call(client, "Echo", "after").await.unwrap() == b"after");
}

async fn check_sizes(client: &Client) {
    let large = "x".repeat((4 << 20) - 100);
    expect("4 MiB", call(client, "Echo", &large).await.unwrap() == large.as_bytes());
    expect("oversized", call(client, "Echo", &large.repeat(2)).await.is_err());
    expect("after the oversized", call(client, "Echo", "").await.is_ok());
}

async fn open(client: &Client, method: &str, first: Option<&str>) -> StreamInner {
    let payload = first.map_or(Vec::new(), |text| wrap(text.as_bytes()));
    let receives = method != "Up";
    client.new_stream(request(SERVICE, method, payload), first.is_none(), receives).await.unwrap()
}

async fn check_streams(client: &Client) {
    let mut stream = open(client, "Down", Some("50")).await;
    for i in 0..50 {
        assert_eq!(text_of(&stream.recv().await.unwrap()), format!("piece {i}"));
    }
    expect("server stream", matches!(stream.recv().await, Err(Error::Eof)));
    let mut stream = open(client, "Down", Some("1")).await;
    stream.recv().await.unwrap();
    expect("error within a stream", code_of(&stream.recv().await) == Code::NOT_FOUND);
    let mut stream = open(client, "Up", None).await;
    for i in 0..50 {
        stream.send(wrap((i % 10).to_string().as_bytes())).await.unwrap();
    }
    stream.close_send().await.unwrap();
    expect("client stream", text_of(&stream.recv().await.unwrap()) == "0123456789".repeat(5));
    let mut stream = open(client, "Chat", None).await;
    for text in ["a", "", "c"] {
        stream.send(wrap(text.as_bytes())).await.unwrap();
        assert_eq!(text_of(&stream.recv().await.unwrap()), text);
    }
    stream.close_send().await.unwrap();
    expect("both stream", matches!(stream.recv().await, Err(Error::Eof)));
}

async fn check(address: &str) {
    let client = Client::connect(address).unwrap();
    check_calls(&client).await;
    check_sizes(&client).await;
    check_streams(&client).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let address = format!("unix://{}", arguments[2]);
    if arguments[1] == "serve" {
        serve(&address).await
    } else {
        check(&address).await
    }
}
