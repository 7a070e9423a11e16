namespace DistRec.Training.Tests.Storage;

public sealed class BlobStoresTests
{
    private static readonly Dictionary<string, string> Keys = new() { ["AWS_ACCESS_KEY_ID"] = "id", ["AWS_SECRET_ACCESS_KEY"] = "secret" };

    [Fact]
    public void A_path_is_a_folder()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "blobs");

        BlobStores.Open(path).ShouldBeOfType<FolderBlobStore>().Place.ShouldBe(path);

        Directory.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public void An_address_is_a_bucket_with_what_stands_after_the_question_mark()
    {
        S3Settings settings = BlobStores.ReadS3("s3://bucket/team/one/?endpoint=http://minio:9000&region=eu-1&addressing=host", Keys.GetValueOrDefault);

        settings.ShouldBe(new S3Settings("bucket")
        {
            Prefix = "team/one",
            Endpoint = new Uri("http://minio:9000"),
            Region = "eu-1",
            AccessKeyId = "id",
            SecretAccessKey = "secret",
        });
        settings.ToString().ShouldBe("s3://bucket/team/one");
        (BlobStores.Open("s3://bucket?endpoint=http://minio:9000", Keys.GetValueOrDefault) as IDisposable).ShouldBeOfType<S3BlobStore>().Dispose();
    }

    [Fact]
    public void An_endpoint_of_ones_own_has_the_bucket_in_the_path_and_Amazon_in_the_host()
    {
        BlobStores.ReadS3("s3://bucket?endpoint=https://minio", Keys.GetValueOrDefault).PathStyle.ShouldBeTrue();
        BlobStores.ReadS3("s3://bucket?region=eu-west-1", Keys.GetValueOrDefault).PathStyle.ShouldBeFalse();
    }

    [Fact]
    public void The_environment_fills_in_and_the_setting_wins()
    {
        Dictionary<string, string> environment = new(Keys)
        {
            ["AWS_SESSION_TOKEN"] = "token", ["AWS_REGION"] = "r1", ["AWS_DEFAULT_REGION"] = "r2", ["AWS_ENDPOINT_URL"] = "http://e:1",
        };

        S3Settings filled = BlobStores.ReadS3("s3://bucket", environment.GetValueOrDefault);
        (filled.Region, filled.SessionToken, filled.Endpoint).ShouldBe(("r1", "token", new Uri("http://e:1")));
        BlobStores.ReadS3("s3://bucket?region=r3", environment.GetValueOrDefault).Region.ShouldBe("r3");
        environment["AWS_REGION"] = "";
        BlobStores.ReadS3("s3://bucket", environment.GetValueOrDefault).Region.ShouldBe("r2");
    }

    [Fact]
    public void Without_keys_Amazons_own_service_asks_the_machines_role()
    {
        S3Settings settings = BlobStores.ReadS3("s3://bucket?region=eu-west-1", _ => null);

        (settings.AccessKeyId, settings.SecretAccessKey).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("gs://bucket", "the scheme \"gs\"")]
    [InlineData("s3://", "after s3://, found \"\"")]
    [InlineData("s3://b_d/x?region=r", "found \"b_d\"")]
    [InlineData("s3://bucket/a b?region=r", "found \"a b\"")]
    [InlineData("s3://bucket", "a region or an endpoint, found neither")]
    [InlineData("s3://bucket?regoin=r", "found \"regoin\"")]
    [InlineData("s3://bucket?region=", "one value for region, found none")]
    [InlineData("s3://bucket?region=a&region=b", "one value for region, found two")]
    [InlineData("s3://bucket?endpoint=minio:9000", "found \"minio:9000\"")]
    [InlineData("s3://bucket?endpoint=http://id:secret@minio", "keys come from the environment")]
    [InlineData("s3://bucket?region=r&addressing=both", "found \"both\"")]
    public void What_cannot_be_understood_is_refused_by_name(string setting, string said)
    {
        InputException refused = Should.Throw<InputException>(() => BlobStores.Open(setting, Keys.GetValueOrDefault));

        refused.Message.ShouldStartWith("--store");
        refused.Message.ShouldContain(said);
    }

    [Fact]
    public void Half_a_key_or_none_for_ones_own_endpoint_is_refused_by_name()
    {
        Refusal("s3://bucket?region=r", "AWS_ACCESS_KEY_ID").ShouldContain("found no secret");
        Refusal("s3://bucket?region=r", "AWS_SECRET_ACCESS_KEY").ShouldContain("found no name");
        Refusal("s3://bucket?endpoint=http://e", "").ShouldContain("set AWS_ACCESS_KEY_ID");

        static string Refusal(string setting, string variable) =>
            Should.Throw<InputException>(() => BlobStores.Open(setting, name => name == variable ? "x" : null)).Message;
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        Should.Throw<InputException>(() => BlobStores.Open(Path.Combine(file, "x"))).Message.ShouldStartWith("--store: ");
    }
}
