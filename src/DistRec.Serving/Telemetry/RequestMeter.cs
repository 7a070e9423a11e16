using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace DistRec.Serving.Telemetry;

/// <summary>Marks what <see cref="RequestMeter"/> measures: the answers that a server is there for, and not what is asked by who watches it.</summary>
internal sealed class MeasuredEndpoint
{
    public static MeasuredEndpoint Instance { get; } = new();
}

/// <summary>Times requests and counts them. Safe for any number of threads.</summary>
/// <param name="time">The clock.</param>
internal sealed class RequestMeter(TimeProvider time)
{
    private readonly LatencyWindow _window = new(time);
    private readonly long _began = time.GetTimestamp();
    private long _total;
    private long _failed;

    /// <summary>How many requests there were.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>How many of them the server could not answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>How long it has measured.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_began);

    /// <summary>Latencies of the last minute.</summary>
    public LatencyFigures LastMinute => _window.Read();

    /// <summary>Middleware around everything else.</summary>
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        long began = time.GetTimestamp();
        await next(context).ConfigureAwait(false);

        // What handles exceptions takes the route away.
        Endpoint? endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<MeasuredEndpoint>() is not null && !IsTurnedAway(context.Response.StatusCode))
        {
            Done(time.GetElapsedTime(began), context.Response.StatusCode >= StatusCodes.Status500InternalServerError);
        }
    }

    // What was not let in says nothing about how fast answers are.
    private static bool IsTurnedAway(int status) =>
        status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests;

    /// <summary>Counts a request.</summary>
    internal void Done(TimeSpan elapsed, bool failed)
    {
        _window.Add(elapsed);
        Interlocked.Increment(ref _total);
        if (failed)
        {
            Interlocked.Increment(ref _failed);
        }

        ServingTelemetry.RequestDone(elapsed, failed);
    }
}
