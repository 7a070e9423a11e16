using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistRec.Cluster.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DistRec.Serving.Hosting;

/// <summary>The certificate that a server shows to the clients of its API, in PEM files. Clients show none: they have keys.</summary>
public sealed record ApiTlsOptions
{
    /// <summary>The server's certificate, followed by those between it and the authority if there are any.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Its private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Reads the files to see whether they can be used.</summary>
    /// <exception cref="CryptographicException">A file holds no usable certificate or key, or the key is of another certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public void Check() => new ApiTls(this).Dispose();
}

/// <summary>Connections to the API under TLS 1.2 or 1.3.</summary>
internal sealed class ApiTls : IDisposable
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _chain = [];

    /// <summary>Reads the files.</summary>
    /// <exception cref="CryptographicException">A file holds no usable certificate or key, or the key is of another certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public ApiTls(ApiTlsOptions options)
    {
        _own = Certificates.Load(options.CertificateFile, options.KeyFile);
        _chain.ImportFromPemFile(options.CertificateFile);
    }

    /// <summary>Lets connections show the certificate.</summary>
    public void Secure(ListenOptions listen) => listen.UseHttps(new HttpsConnectionAdapterOptions
    {
        ServerCertificate = _own,
        ServerCertificateChain = _chain,
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        foreach (X509Certificate2 one in _chain)
        {
            one.Dispose();
        }
    }
}
