using System.Net;
using Microsoft.AspNetCore.Http;

namespace DistRec.Cluster.Security;

/// <summary>
/// Tells what a browser sends on behalf of another site than the node itself. A node without a secret listens on the loopback,
/// which keeps other machines out, but not the pages that a browser on this machine has open: they may send requests to
/// the loopback from their own origin, or let their own name point to it (DNS rebinding).
/// </summary>
internal static class BrowserRequests
{
    /// <summary>Why a request is refused; null where a program on this machine, or a page of this very node, sent it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="advertisedHost">The name, without a port, by which others call this node; null for none.</param>
    public static string? FindFault(HttpRequest request, string? advertisedHost)
    {
        const string Advice = "give the cluster a secret with --secret-file where others are to call it";
        if (!IsOwnName(request.Host.Host, advertisedHost))
        {
            string own = string.IsNullOrEmpty(advertisedHost) ? "" : $", or {advertisedHost}";
            return $"a node without a secret: expected to be called localhost, 127.0.0.1 or [::1]{own}, found \"{request.Headers.Host}\"; "
                + $"call it by one of these, or {Advice}";
        }

        string origin = request.Headers.Origin.ToString();
        string ownOrigin = $"{request.Scheme}://{request.Headers.Host}";
        if (origin.Length > 0 && !origin.Equals(ownOrigin, StringComparison.OrdinalIgnoreCase))
        {
            return $"a node without a secret: expected requests of programs and of pages of {ownOrigin}, "
                + $"found one of a page of \"{origin}\"; open a page of this node, or {Advice}";
        }

        string site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none"
            ? null
            : $"a node without a secret: expected requests of programs and of pages of {ownOrigin}, found one that a browser calls {site}; "
                + $"open a page of this node, or {Advice}";
    }

    private static bool IsOwnName(string host, string? advertisedHost) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address))
        || (!string.IsNullOrEmpty(advertisedHost) && host.Equals(advertisedHost, StringComparison.OrdinalIgnoreCase));
}
