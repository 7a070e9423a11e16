using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace DistRec.Training.Storage;

/// <summary>The requests of a store to its bucket: tried again where that can help, and every failure named by the service's code.</summary>
internal sealed class S3Client : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly AmazonS3Client _client;
    private readonly HttpClient _http;

    public S3Client(S3Settings settings)
    {
        Settings = settings;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = settings.Timeout,
            ConnectCallback = settings.Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            // Each attempt has a limit of its own, which spares the reading of long answers.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        AmazonS3Config config = new()
        {
            ForcePathStyle = settings.PathStyle,
            HttpClientFactory = new OneHttpClient(_http),

            // One attempt has a time limit and busy services of all kinds are waited for; the client's own retries know neither.
            MaxErrorRetry = 0,

            // Blobs carry their own checksum, and not every service knows the newer headers.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }
        else
        {
            config.ServiceURL = settings.Endpoint.ToString();
            config.AuthenticationRegion = settings.Region;
        }

        _client = (settings.AccessKeyId, settings.SecretAccessKey, settings.SessionToken) switch
        {
            (null, null, null) => new AmazonS3Client(config),
            ({ Length: > 0 } id, { Length: > 0 } secret, null or "") => new AmazonS3Client(new BasicAWSCredentials(id, secret), config),
            ({ Length: > 0 } id, { Length: > 0 } secret, { } token) => new AmazonS3Client(new SessionAWSCredentials(id, secret, token), config),
            _ => throw InputException.At(
                settings.ToString(), "a key's name and its secret", "one without the other", "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        };
    }

    public S3Settings Settings { get; }

    /// <summary>Sends a request about a blob.</summary>
    /// <param name="name">The blob, for errors; empty for none.</param>
    /// <param name="request">Sends it once, from its beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlobNotFoundException">The service knows no such key.</exception>
    /// <exception cref="BlobStoreException">The service refuses or cannot be reached.</exception>
    public async Task<T> SendAsync<T>(string name, Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using CancellationTokenSource patience = new(Settings.Timeout, Settings.Time);
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                return await request(_client, either.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or HttpRequestException
                or IOException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (attempt >= Settings.Retries || !S3Errors.MayPass(exception))
                {
                    throw S3Errors.Translate(Settings, name, exception);
                }
            }

            await Task.Delay(pause, Settings.Time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private sealed class OneHttpClient(HttpClient client) : HttpClientFactory
    {
        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;
    }
}
