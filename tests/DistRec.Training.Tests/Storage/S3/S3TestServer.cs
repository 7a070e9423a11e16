using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Tests.Storage.S3;

/// <summary>What goes wrong with a request, once.</summary>
internal enum S3Fault
{
    Busy,
    TooMany,
    CutBefore,
    CutInTheMiddle,
    Silence,
}

/// <summary>
/// An S3 service of one bucket on this machine. It computes the signature of every request and the hash of its contents itself and
/// refuses what does not fit, takes the bucket from the path or the host's name, and fails on demand.
/// </summary>
internal sealed class S3TestServer : IAsyncDisposable
{
    public const string BucketName = "ratings-bucket";
    public const string KeyId = "TESTKEY";
    public const string Secret = "test/secret+key";
    public const string Region = "eu-test-1";

    private readonly WebApplication _application;
    private readonly ConcurrentQueue<(string Method, S3Fault Fault)> _faults = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private S3TestServer(WebApplication application) => _application = application;

    public S3Bucket Bucket { get; } = new();

    /// <summary>"GET /ratings-bucket/a" and so on, as they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public Uri Endpoint { get; private set; } = null!;

    public static async Task<S3TestServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        WebApplication application = builder.Build();
        S3TestServer server = new(application);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        server.Endpoint = new Uri(application.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        return server;
    }

    /// <summary>Lets the next request with that method fail; several calls make several fail.</summary>
    public void FailNext(string method, S3Fault fault, int times = 1)
    {
        for (int time = 0; time < times; time++)
        {
            _faults.Enqueue((method, fault));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closing.TrySetResult();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Requests.Enqueue($"{context.Request.Method} {target}");
        if (_faults.TryPeek(out (string Method, S3Fault Fault) next) && next.Method == context.Request.Method && _faults.TryDequeue(out next))
        {
            if (next.Fault != S3Fault.CutInTheMiddle)
            {
                await FailAsync(context, next.Fault);
                return;
            }

            context.Items["cut"] = true;
        }

        using MemoryStream contents = new();
        await context.Request.Body.CopyToAsync(contents);
        if (Mistake(context.Request, target, contents.ToArray()) is { } mistake)
        {
            await RefuseAsync(context, mistake.Status, mistake.Code);
            return;
        }

        (string bucket, string key) = Locate(context.Request);
        if (bucket != BucketName)
        {
            await RefuseAsync(context, 404, "NoSuchBucket");
            return;
        }

        await (key.Length == 0 ? ListAsync(context) : HandleAsync(context, key, contents.ToArray()));
    }

    private async Task FailAsync(HttpContext context, S3Fault fault)
    {
        switch (fault)
        {
            case S3Fault.Busy:
                await RefuseAsync(context, 503, "SlowDown");
                break;
            case S3Fault.TooMany:
                await RefuseAsync(context, 429, "TooManyRequests");
                break;
            case S3Fault.Silence:
                await Task.WhenAny(_closing.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
                break;
            default:
                context.Abort();
                break;
        }
    }

    private static (int Status, string Code)? Mistake(HttpRequest request, string target, byte[] contents)
    {
        if (SignatureV4.Authorization.Parse(request.Headers.Authorization.ToString()) is not { } authorization)
        {
            return (403, "AccessDenied");
        }

        if (authorization.KeyId != KeyId)
        {
            return (403, "InvalidAccessKeyId");
        }

        string[] scope = authorization.Scope.Split('/');
        if (scope.Length != 4 || scope[1] != Region || scope[2] != "s3")
        {
            return (400, "AuthorizationHeaderMalformed");
        }

        if (request.Headers["x-amz-content-sha256"] != SignatureV4.Hash(contents))
        {
            return (400, "XAmzContentSHA256Mismatch");
        }

        if ((DateTimeOffset.UtcNow - SignatureV4.ReadTime(request.Headers["x-amz-date"].ToString())).Duration() > TimeSpan.FromMinutes(15))
        {
            return (403, "RequestTimeTooSkewed");
        }

        return authorization.SignedHeaders.Contains("host")
            && SignatureV4.Compute(request.Method, target, name => request.Headers[name].ToString(), authorization, Secret) == authorization.Signature
            ? null
            : (403, "SignatureDoesNotMatch");
    }

    private static (string Bucket, string Key) Locate(HttpRequest request)
    {
        string path = request.Path.Value!.TrimStart('/');
        const string Suffix = ".localhost";
        if (request.Host.Host.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return (request.Host.Host[..^Suffix.Length], path);
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
    }

    private async Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        await XmlAsync(context, Bucket.List(
            BucketName, query["prefix"].ToString(), int.Parse(query["max-keys"].ToString(), CultureInfo.InvariantCulture),
            query.TryGetValue("continuation-token", out Microsoft.Extensions.Primitives.StringValues token) ? token.ToString() : null));
    }

    private async Task HandleAsync(HttpContext context, string key, byte[] contents)
    {
        IQueryCollection query = context.Request.Query;
        string upload = query["uploadId"].ToString();
        switch (context.Request.Method)
        {
            case "GET" or "HEAD":
                await SendAsync(context, key);
                break;
            case "PUT" when upload.Length > 0:
                await (Bucket.PutPart(upload, int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture), contents)
                    ? TagAsync(context, contents)
                    : RefuseAsync(context, 404, "NoSuchUpload"));
                break;
            case "PUT":
                Bucket.Put(key, contents);
                await TagAsync(context, contents);
                break;
            case "POST" when query.ContainsKey("uploads"):
                await XmlAsync(context, new XElement(
                    "InitiateMultipartUploadResult", new XElement("Bucket", BucketName), new XElement("Key", key),
                    new XElement("UploadId", Bucket.Begin())).ToString());
                break;
            case "POST":
                await (Bucket.Complete(upload, key, XElement.Load(new MemoryStream(contents)))
                    ? XmlAsync(context, new XElement("CompleteMultipartUploadResult", new XElement("Key", key), new XElement("ETag", "\"whole\"")).ToString())
                    : RefuseAsync(context, 400, "InvalidPart"));
                break;
            case "DELETE":
                Bucket.Abort(upload);
                if (upload.Length == 0)
                {
                    Bucket.Delete(key);
                }

                context.Response.StatusCode = 204;
                break;
            default:
                await RefuseAsync(context, 405, "MethodNotAllowed");
                break;
        }
    }

    private async Task SendAsync(HttpContext context, string key)
    {
        if (Bucket.Find(key) is not { } bytes)
        {
            await RefuseAsync(context, 404, "NoSuchKey");
            return;
        }

        string tag = S3Bucket.TagOf(bytes);
        if (context.Request.Headers.IfMatch is { Count: > 0 } wanted && wanted.ToString().Trim('"') != tag.Trim('"'))
        {
            await RefuseAsync(context, 412, "PreconditionFailed");
            return;
        }

        int from = 0;
        if (context.Request.GetTypedHeaders().Range is { } range)
        {
            from = (int)range.Ranges.Single().From!.Value;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        context.Response.Headers.ETag = tag;
        context.Response.ContentLength = bytes.Length - from;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        bool cut = context.Items.ContainsKey("cut");
        await context.Response.Body.WriteAsync(bytes.AsMemory(from, cut ? (bytes.Length - from) / 2 : bytes.Length - from));
        if (cut)
        {
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }

    private static Task TagAsync(HttpContext context, byte[] contents)
    {
        context.Response.Headers.ETag = S3Bucket.TagOf(contents);
        return Task.CompletedTask;
    }

    private static async Task XmlAsync(HttpContext context, string xml)
    {
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(xml);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        if (context.Request.Method != "HEAD")
        {
            await XmlAsync(context, new XElement("Error", new XElement("Code", code), new XElement("Message", $"this is {code}.")).ToString());
        }
    }
}
