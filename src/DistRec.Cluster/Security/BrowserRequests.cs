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
    private static readonly BrowserRules OfNode = new("a node without a secret", "give the cluster a secret with --secret-file where others are to call it");

    /// <summary>Why a request is refused; null where a program on this machine, or a page of this very node, sent it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="advertisedHost">The name, without a port, by which others call this node; null for none.</param>
    public static string? FindFault(HttpRequest request, string? advertisedHost) =>
        FindHostFault(request, advertisedHost, OfNode) ?? FindSiteFault(request, OfNode);

    /// <summary>Why a request is refused that calls this machine by a name that is none of its own; null where it does not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="advertisedHost">The name, without a port, by which others call it; null for none.</param>
    /// <param name="rules">Who refuses.</param>
    public static string? FindHostFault(HttpRequest request, string? advertisedHost, BrowserRules rules)
    {
        if (IsOwnName(request.Host.Host, advertisedHost))
        {
            return null;
        }

        string own = string.IsNullOrEmpty(advertisedHost) ? "" : $", or {advertisedHost}";
        return $"{rules.Who}: expected to be called localhost, 127.0.0.1 or [::1]{own}, found \"{request.Headers.Host}\"; "
            + $"call it by one of these, or {rules.Advice}";
    }

    /// <summary>Why a request of another site's page is refused; null where it is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rules">Who refuses.</param>
    public static string? FindSiteFault(HttpRequest request, BrowserRules rules)
    {
        string origin = request.Headers.Origin.ToString();
        string ownOrigin = $"{request.Scheme}://{request.Headers.Host}";
        if (origin.Length > 0 && !origin.Equals(ownOrigin, StringComparison.OrdinalIgnoreCase))
        {
            return $"{rules.Who}: expected requests of programs and of pages of {ownOrigin}, "
                + $"found one of a page of \"{origin}\"; open {ownOrigin} in the browser, or {rules.Advice}";
        }

        string site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none"
            ? null
            : $"{rules.Who}: expected requests of programs and of pages of {ownOrigin}, found one that a browser calls {site}; "
                + $"open {ownOrigin} in the browser, or {rules.Advice}";
    }

    private static bool IsOwnName(string host, string? advertisedHost) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address))
        || (!string.IsNullOrEmpty(advertisedHost) && host.Equals(advertisedHost, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Who refuses requests of other sites.</summary>
/// <param name="Who">What it is: messages begin with it.</param>
/// <param name="Advice">What else a person can do than to call it by its own name, after <c>or</c>.</param>
internal sealed record BrowserRules(string Who, string Advice);
