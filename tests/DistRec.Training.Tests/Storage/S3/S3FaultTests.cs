namespace DistRec.Training.Tests.Storage.S3;

public sealed class S3FaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private S3TestServer _server = null!;
    private S3BlobStore _store = null!;

    public async Task InitializeAsync()
    {
        _server = await S3TestServer.StartAsync();
        _store = Open(settings => settings);
    }

    public async Task DisposeAsync()
    {
        _store.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("Busy")]
    [InlineData("TooMany")]
    [InlineData("CutBefore")]
    public async Task A_request_that_fails_once_is_tried_again(string fault)
    {
        S3Fault once = Enum.Parse<S3Fault>(fault);
        foreach ((string method, Func<Task> request) in new (string, Func<Task>)[]
        {
            ("PUT", () => PutAsync("a", 5000)),
            ("GET", () => ReadAsync("a")),
            ("HEAD", () => _store.ExistsAsync("a")),
            ("GET", () => _store.ListAsync("")),
            ("DELETE", () => _store.DeleteAsync("a")),
        })
        {
            _server.Requests.Clear();
            _server.FailNext(method, once);

            await request().WaitAsync(Bound);

            _server.Requests.Count.ShouldBe(2, method);
        }
    }

    [Fact]
    public async Task A_reading_that_is_cut_goes_on_where_it_was()
    {
        await PutAsync("a", 300_000);
        _server.FailNext("GET", S3Fault.CutInTheMiddle, times: 3);

        (await ReadAsync("a").WaitAsync(Bound)).ShouldBe(Bytes(300_000));

        _server.Requests.Count(request => request == $"GET /{S3TestServer.BucketName}/a").ShouldBe(4);
    }

    [Fact]
    public async Task A_blob_replaced_while_a_cut_reading_goes_on_is_refused_by_name()
    {
        await PutAsync("a", 300_000);
        _server.FailNext("GET", S3Fault.CutInTheMiddle);
        await using Stream stream = await _store.OpenAsync("a").WaitAsync(Bound);
        await PutAsync("a", 200_000);

        (await Should.ThrowAsync<BlobStoreException>(() => stream.CopyToAsync(Stream.Null).WaitAsync(Bound)))
            .Message.ShouldContain("read it again");
    }

    [Fact]
    public async Task A_service_that_stays_busy_is_named_after_a_bounded_number_of_tries()
    {
        _server.FailNext("PUT", S3Fault.Busy, times: 100);

        BlobStoreException refused = await Should.ThrowAsync<BlobStoreException>(() => PutAsync("jobs/a", 10).WaitAsync(Bound));

        refused.Message.ShouldBe(
            $"s3://{S3TestServer.BucketName}: the blob jobs/a: expected {_server.Endpoint} to take the request, " +
            "found 503 SlowDown: this is SlowDown; tried 3 times, at most 20 s each: look at the service's state and its documentation, and try later");
        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_service_that_says_nothing_is_given_up()
    {
        using S3BlobStore store = Open(settings => settings with { Timeout = TimeSpan.FromMilliseconds(200), Retries = 1 });
        _server.FailNext("HEAD", S3Fault.Silence, times: 10);

        BlobStoreException refused = await Should.ThrowAsync<BlobStoreException>(() => store.ExistsAsync("a").WaitAsync(Bound));

        refused.Message.ShouldContain($"expected an answer from {_server.Endpoint}");
        refused.Message.ShouldContain("tried 2 times");
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        using S3BlobStore store = Open(settings => settings with { Endpoint = new Uri("http://localhost:1"), Retries = 1 });

        BlobStoreException refused = await Should.ThrowAsync<BlobStoreException>(() => store.ExistsAsync("a").WaitAsync(Bound));

        refused.Message.ShouldContain("expected an answer from http://localhost:1/");
        refused.Message.ShouldContain("check the endpoint");
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_with_the_services_code_and_what_to_do()
    {
        using S3BlobStore store = Open(settings => settings with { SecretAccessKey = "wrong" });

        BlobStoreException refused = await Should.ThrowAsync<BlobStoreException>(() => store.ListAsync("").WaitAsync(Bound));

        refused.Message.ShouldContain("403 SignatureDoesNotMatch");
        refused.Message.ShouldContain("AWS_SECRET_ACCESS_KEY");
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_key_region_or_bucket_is_refused_with_the_services_code()
    {
        (await RefusalAsync(settings => settings with { AccessKeyId = "OTHER" })).ShouldContain("InvalidAccessKeyId");
        (await RefusalAsync(settings => settings with { Region = "elsewhere-1" })).ShouldContain("AuthorizationHeaderMalformed");
        (await RefusalAsync(settings => settings with { Bucket = "other-bucket" })).ShouldContain("make the bucket");

        async Task<string> RefusalAsync(Func<S3Settings, S3Settings> change)
        {
            using S3BlobStore store = Open(change);
            return (await Should.ThrowAsync<BlobStoreException>(() => store.OpenAsync("a").WaitAsync(Bound))).Message;
        }
    }

    [Fact]
    public async Task A_large_blob_goes_in_parts_and_each_is_tried_again()
    {
        _server.FailNext("PUT", S3Fault.Busy);

        await PutAsync("a", 250_000).WaitAsync(Bound);

        (await ReadAsync("a").WaitAsync(Bound)).ShouldBe(Bytes(250_000));
        _server.Requests.Count(request => request.Contains("partNumber=", StringComparison.Ordinal)).ShouldBe(4);
        _server.Bucket.OpenUploads.ShouldBe(0);
    }

    [Fact]
    public async Task A_large_blob_whose_writer_fails_leaves_no_parts()
    {
        await Should.ThrowAsync<InvalidDataException>(() => _store.PutAsync("a", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Bytes(250_000), cancellationToken);
            _server.Bucket.OpenUploads.ShouldBe(1);
            throw new InvalidDataException();
        }).WaitAsync(Bound));

        _server.Bucket.OpenUploads.ShouldBe(0);
        _server.Bucket.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task Listing_takes_as_many_pages_as_there_are()
    {
        for (int number = 0; number < 7; number++)
        {
            await PutAsync($"jobs/{number}", 1);
        }

        _server.Requests.Clear();

        (await _store.ListAsync("jobs")).Count.ShouldBe(7);
        _server.Requests.Count.ShouldBe(3);
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(position => (byte)(position * 31))];

    private S3BlobStore Open(Func<S3Settings, S3Settings> change) => new(change(S3BlobStoreTests.SettingsOf(_server) with { PartBytes = 100_000 }));

    private Task PutAsync(string name, int length) =>
        _store.PutAsync(name, async (stream, cancellationToken) => await stream.WriteAsync(Bytes(length), cancellationToken));

    private async Task<byte[]> ReadAsync(string name)
    {
        await using Stream stream = await _store.OpenAsync(name);
        using MemoryStream read = new();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
