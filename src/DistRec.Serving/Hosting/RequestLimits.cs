using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using DistRec.Serving.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace DistRec.Serving.Hosting;

/// <summary>
/// How many requests a second are answered: of each key as many as the operator says, and of each address a few that show no valid key, so that
/// guessing and floods cost their sender more than the server. Whoever shows a valid key is not held up by others at its address.
/// </summary>
/// <param name="perSecond">Requests a second of a key, or of an address where no keys are asked for; null for any number.</param>
/// <param name="refusals">How many requests without a valid key an address may send at once.</param>
internal sealed class RequestLimits(int? perSecond, int refusals)
{
    /// <summary>How many requests without a valid key an address may send at once, if nobody says otherwise.</summary>
    public const int DefaultRefusals = 100;

    private const int RefusalsPerSecond = 10;
    private const int BurstSeconds = 2;

    /// <summary>Whether a request is limited: pages and probes are for everybody, and without a limit nobody pays for one.</summary>
    public bool Apply(HttpContext context) =>
        ScopePolicies.ScopeOf(context.GetEndpoint()) is not null && (perSecond is not null || context.User.Identity is not Caller);

    /// <summary>Sets the framework's limiter up.</summary>
    public void Configure(RateLimiterOptions options)
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, LimitKey>(PartitionOf);
        options.OnRejected = (context, _) => new ValueTask(RefuseAsync(context.HttpContext, context.Lease));
    }

    /// <summary>Tokens that come back in equal steps of about a tenth of a second.</summary>
    internal static TokenBucketRateLimiterOptions BucketOf(int perSecond, int burst)
    {
        int tokens = (perSecond + 9) / 10;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / perSecond),
        };
    }

    private RateLimitPartition<LimitKey> PartitionOf(HttpContext context) => context.User.Identity is Caller caller
        ? RateLimitPartition.GetTokenBucketLimiter(LimitKey.Of(caller, context), _ => BucketOf(perSecond!.Value, BurstSeconds * perSecond.Value))
        : RateLimitPartition.GetTokenBucketLimiter(LimitKey.OfStranger(context), _ => BucketOf(RefusalsPerSecond, refusals));

    private Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        int seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        string who = context.User.Identity is not Caller caller ? $"{RefusalsPerSecond} requests a second without a valid key from one address"
            : caller.Key is null ? $"{perSecond} requests a second from one address" : $"{perSecond} requests a second with one key";
        string detail = $"expected at most {who}, found more; ask again after {seconds} s, and not so often";
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status429TooManyRequests, title: "too many requests").ExecuteAsync(context);
    }

    /// <summary>Whose requests are counted together.</summary>
    /// <param name="Key">Number of the key; 0 where none counts.</param>
    /// <param name="Address">The address; 0 where it does not count.</param>
    /// <param name="IsStranger">Whether a valid key is missing.</param>
    private readonly record struct LimitKey(long Key, UInt128 Address, bool IsStranger)
    {
        public static LimitKey Of(Caller caller, HttpContext context) =>
            caller.Key is { } key ? new LimitKey(key.Id, 0, false) : new LimitKey(0, AddressOf(context), false);

        public static LimitKey OfStranger(HttpContext context) => new(0, AddressOf(context), true);

        // Whoever has an IPv6 address has 2^64 of them.
        private static UInt128 AddressOf(HttpContext context)
        {
            if (context.Connection.RemoteIpAddress is not { } address)
            {
                return 0;
            }

            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            Span<byte> bytes = stackalloc byte[16];
            address.TryWriteBytes(bytes, out int written);
            bytes[(address.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : written)..].Clear();
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }
    }
}
