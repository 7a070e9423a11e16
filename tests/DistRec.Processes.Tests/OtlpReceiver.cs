using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DistRec.Processes.Tests;

/// <summary>A collector of OpenTelemetry's protocol over HTTP that keeps what is sent to it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly WebApplication _application;
    private readonly Lock _gate = new();
    private readonly List<OtlpSpan> _spans = [];
    private readonly List<OtlpPoint> _points = [];
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>The variables that make a process send to it, many times a second.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _application.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        OtlpReceiver receiver = new(application);
        application.MapPost("/v1/traces", context => receiver.TakeAsync(context, bytes => receiver._spans.AddRange(OtlpReader.Spans(bytes))));
        application.MapPost("/v1/metrics", context => receiver.TakeAsync(context, bytes => receiver._points.AddRange(OtlpReader.Points(bytes))));
        await application.StartAsync();
        return receiver;
    }

    /// <summary>Waits until what came fulfils something.</summary>
    public async Task WhenAsync(Func<IReadOnlyList<OtlpSpan>, IReadOnlyList<OtlpPoint>, bool> isEnough)
    {
        using CancellationTokenSource bound = new(Bound);
        TaskCompletionSource late = new();
        using CancellationTokenRegistration registration = bound.Token.Register(late.SetResult);
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (isEnough(_spans, _points))
                {
                    return;
                }

                next = _came.Task;
            }

            await Task.WhenAny(next, late.Task);
            bound.IsCancellationRequested.ShouldBeFalse(Describe());
        }
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private string Describe()
    {
        lock (_gate)
        {
            return $"within {Bound} came the spans {string.Join(", ", _spans.Select(span => span.Name).Distinct())} and the metrics "
                + string.Join(", ", _points.GroupBy(point => point.Metric).Select(points => $"{points.Key} {points.Max(point => point.Value)}"));
        }
    }

    private async Task TakeAsync(HttpContext context, Action<byte[]> take)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        lock (_gate)
        {
            take(body.ToArray());
            _came.SetResult();
            _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
