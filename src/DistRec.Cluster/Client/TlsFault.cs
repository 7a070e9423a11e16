using System.Net.Sockets;
using System.Security.Authentication;

namespace DistRec.Cluster.Client;

/// <summary>Words for connections that end because of certificates, or because one side speaks TLS and the other does not.</summary>
internal static class TlsFault
{
    private const string Files = "--tls-certificate, --tls-key and --tls-authority";

    /// <summary>What a failed request comes to; null where certificates have nothing to do with it.</summary>
    /// <param name="exception">What the request threw.</param>
    /// <param name="address">The cluster.</param>
    /// <param name="showsCertificate">Whether the client has a certificate of its own.</param>
    public static ClusterException? Of(Exception exception, Uri address, bool showsCertificate)
    {
        bool isSecure = address.Scheme == Uri.UriSchemeHttps;
        Exception[] chain = [.. Chain(exception)];
        if (isSecure && chain.OfType<AuthenticationException>().FirstOrDefault() is { } refused)
        {
            string advice = showsCertificate
                ? "give the authorities that signed the nodes' certificates with --tls-authority, "
                    + "and call the coordinator by a name that its certificate is for"
                : $"give {Files}, as the nodes have them";
            return new ClusterUntrustedException(
                $"{address}: expected a cluster with a certificate that is trusted, found another one or none "
                + $"({refused.Message.TrimEnd('.')}); {advice}",
                exception);
        }

        // Whoever refuses a certificate just ends the connection, and so does a coordinator that is stopped: only a person can tell.
        if (chain.Any(cause => cause is SocketException { SocketErrorCode: not SocketError.ConnectionReset })
            || !chain.Any(cause => cause is IOException))
        {
            return null;
        }

        string why = (isSecure, showsCertificate) switch
        {
            (false, _) => $"write https:// and give {Files} where the nodes have certificates",
            (true, false) => $"give {Files} where the nodes demand a certificate",
            _ => "check that an authority of the nodes signed the certificate that is shown",
        };
        return new ClusterUnreachableException(
            $"{address}: expected a DistRec cluster, found one that ended the connection ({chain[^1].Message.TrimEnd('.')}); "
            + $"check that the coordinator runs, and {why}",
            exception);
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
