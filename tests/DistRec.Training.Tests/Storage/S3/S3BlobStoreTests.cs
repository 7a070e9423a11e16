using System.Net;
using System.Net.Sockets;

namespace DistRec.Training.Tests.Storage.S3;

public class S3BlobStoreTests : BlobStoreContract
{
    private S3TestServer _server = null!;

    private protected S3TestServer Server => _server;

    public override async Task DisposeAsync()
    {
        ((S3BlobStore)Store).Dispose();
        await _server.DisposeAsync();
    }

    private protected virtual S3Settings Change(S3Settings settings) => settings;

    protected override async Task<IBlobStore> StartAsync()
    {
        _server = await S3TestServer.StartAsync();
        return new S3BlobStore(Change(SettingsOf(_server)));
    }

    protected override Task DamageAsync(string name, Func<byte[], byte[]> change)
    {
        string key = Server.Bucket.Keys.Single(key => key == name || key.EndsWith("/" + name, StringComparison.Ordinal));
        Server.Bucket.Put(key, change([.. Server.Bucket.Find(key)!]));
        return Task.CompletedTask;
    }

    /// <summary>How a store reaches the server, in small parts and pages.</summary>
    internal static S3Settings SettingsOf(S3TestServer server) => new(S3TestServer.BucketName)
    {
        Endpoint = server.Endpoint,
        Region = S3TestServer.Region,
        PathStyle = true,
        AccessKeyId = S3TestServer.KeyId,
        SecretAccessKey = S3TestServer.Secret,
        Retries = 2,
        Timeout = TimeSpan.FromSeconds(20),
        PartBytes = 1_000_000,
        PageNames = 3,
    };
}

/// <summary>The same with the bucket in the host's name, and keys that begin with a prefix.</summary>
public sealed class S3BlobStoreWithHostTests : S3BlobStoreTests
{
    [Fact]
    public async Task The_prefix_stands_before_every_key_and_the_bucket_in_the_host()
    {
        await PutAsync("jobs/a", [1]);
        Server.Bucket.Put("elsewhere/jobs/b", [1]);

        Server.Bucket.Keys.ShouldContain("team/one/jobs/a");
        Server.Requests.ShouldContain("PUT /team/one/jobs/a");
        (await Store.ListAsync("")).ShouldBe(["jobs/a"]);
    }

    // No name server needs to know the bucket's host.
    private protected override S3Settings Change(S3Settings settings) => settings with
    {
        PathStyle = false,
        Prefix = "team/one",
        Connect = async (context, cancellationToken) =>
        {
            context.DnsEndPoint.Host.ShouldBe($"{S3TestServer.BucketName}.localhost");
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
