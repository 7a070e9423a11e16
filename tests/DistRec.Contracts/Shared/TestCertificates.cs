using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistRec.Contracts;

/// <summary>Authorities and certificates for the loopback, in PEM files of a folder that is gone afterwards.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Future = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-tls-");
    private readonly Dictionary<string, X509Certificate2> _authorities = [];

    /// <summary>Issues a certificate.</summary>
    /// <param name="name">Names the files.</param>
    /// <param name="authority">Who signs it; made when it is first named.</param>
    public PemFiles Issue(string name, string authority = "the cluster's authority")
    {
        if (!_authorities.TryGetValue(authority, out X509Certificate2? signer))
        {
            _authorities[authority] = signer = MakeAuthority(authority);
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(signer, DateTimeOffset.UnixEpoch, Future, [1, 2, 3, 4]);
        return new PemFiles(
            Write($"{name}.pem", certificate.ExportCertificatePem()),
            Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            Write($"{name}.ca", signer.ExportCertificatePem()));
    }

    public void Dispose()
    {
        foreach (X509Certificate2 authority in _authorities.Values)
        {
            authority.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, Future.AddYears(1));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}

/// <summary>Paths of a certificate, its key, and the authority that signed it.</summary>
public sealed record PemFiles(string Certificate, string Key, string Authority);
