using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistRec.Serving.Client;
using DistRec.Serving.Hosting;
using DistRec.Serving.Tests.Keys;

namespace DistRec.Serving.Tests.Hosting;

public sealed class ApiTlsTests : IAsyncLifetime, IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly KeyedServer _server = new();
    private PemFiles _files = null!;

    public Task InitializeAsync()
    {
        _files = _certificates.Issue("api");
        return _server.StartAsync(options => options with
        {
            Listen = new IPEndPoint(IPAddress.Any, 0), Tls = new ApiTlsOptions { CertificateFile = _files.Certificate, KeyFile = _files.Key },
        });
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    public void Dispose()
    {
        _server.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_client_that_trusts_the_authority_is_answered_under_TLS()
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => IsTrusted(certificate) };
        using RecommendationClient client = new(Address, _server["read"], handler);

        (await client.SimilarItemsAsync("i3", 2)).Items.Count.ShouldBe(2);

        _server.Server.Address.Scheme.ShouldBe("https");
        using RecommendationClient careful = new(Address, _server["read"]);
        (await Should.ThrowAsync<ServerException>(careful.SimilarItemsAsync("i3"))).Message.ShouldContain("SSL");
    }

    [Fact]
    public async Task Neither_an_old_protocol_nor_none_at_all_is_answered()
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => IsTrusted(certificate) };
#pragma warning disable CA5397, SYSLIB0039 // It is what is to be refused.
        handler.SslProtocols = SslProtocols.Tls11;
#pragma warning restore CA5397, SYSLIB0039
        using HttpClient outdated = new(handler);
        await Should.ThrowAsync<HttpRequestException>(outdated.GetAsync(Address));

        using HttpClient clear = new();
        await Should.ThrowAsync<HttpRequestException>(clear.GetAsync(new UriBuilder(Address) { Scheme = "http" }.Uri));
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused_by_name()
    {
        PemFiles other = _certificates.Issue("other");

        Should.Throw<CryptographicException>(() => new ApiTls(new ApiTlsOptions { CertificateFile = _files.Certificate, KeyFile = other.Key })).Message
            .ShouldContain("give the two that were issued together");
    }

    private Uri Address => new UriBuilder(_server.Server.Address) { Host = "localhost" }.Uri;

    private bool IsTrusted(X509Certificate2? certificate)
    {
        using X509Certificate2 authority = X509Certificate2.CreateFromPem(File.ReadAllText(_files.Authority));
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is not null && chain.Build(certificate);
    }
}
