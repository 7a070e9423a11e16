namespace DistRec.Cluster.Tests.Security;

public sealed class ClusterSecretTests
{
    private static readonly DateTimeOffset Now = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("correct horse battery staple");
    private static readonly ClusterSecret Other = ClusterSecret.FromText("correct horse battery stable");
    private static readonly SignedRequest Request = new("POST", "10.0.0.7:7400", "/blocks?job=a", BodyHash.Of("a selection"u8));

    [Fact]
    public void A_header_opens_the_request_it_was_made_for_and_no_other()
    {
        string header = Secret.HeaderFor(Request, Now);

        Secret.FindFault(Request, header, Now).ShouldBeNull();
        ClusterSecret.FromText(" correct horse battery staple\n").FindFault(Request, header, Now).ShouldBeNull();
        SignedRequest[] others =
        [
            Request with { Method = "GET" },
            Request with { Host = "10.0.0.8:7400" },
            Request with { Target = "/blocks?job=b" },
            Request with { BodyHash = BodyHash.Of("another selection"u8) },
            Request with { BodyHash = BodyHash.Empty },
        ];
        foreach (SignedRequest other in others)
        {
            Secret.FindFault(other, header, Now).ShouldNotBeNull()
                .ShouldContain($"another request than {other.Method} {other.Target} at {other.Host}");
        }

        Other.FindFault(Request, header, Now).ShouldNotBeNull().ShouldContain("another secret");
    }

    [Theory]
    [InlineData(-301, "301 seconds ahead")]
    [InlineData(-300, null)]
    [InlineData(300, null)]
    [InlineData(301, "-301 seconds ahead")]
    public void A_header_is_good_for_five_minutes(int secondsLater, string? fault)
    {
        string header = Secret.HeaderFor(Request, Now);

        string? found = Secret.FindFault(Request, header, Now.AddSeconds(secondsLater));

        if (fault is null)
        {
            found.ShouldBeNull();
        }
        else
        {
            found.ShouldNotBeNull().ShouldContain(fault);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer abc")]
    [InlineData("DistRec-HMAC-SHA256 ")]
    [InlineData("DistRec-HMAC-SHA256 12")]
    [InlineData("DistRec-HMAC-SHA256 -12:AAAA")]
    [InlineData("DistRec-HMAC-SHA256 12:not base64")]
    [InlineData("DistRec-HMAC-SHA256 12:AAAA")]
    [InlineData("DistRec-HMAC-SHA256 99999999999999999999:AAAA")]
    public void Anything_else_is_a_fault(string? header) => Secret.FindFault(Request, header, Now).ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void A_body_whose_hash_is_not_named_is_a_fault_even_where_it_is_signed(string bodyHash)
    {
        SignedRequest request = Request with { BodyHash = bodyHash };

        Secret.FindFault(request, Secret.HeaderFor(request, Now), Now).ShouldNotBeNull().ShouldContain($"found \"{bodyHash}\"");
    }

    [Fact]
    public void A_body_is_named_by_its_SHA_256() =>
        BodyHash.Empty.ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Theory]
    [InlineData("http://LocalHost:7400/jobs", "localhost:7400")]
    [InlineData("https://example.org/jobs", "example.org")]
    [InlineData("http://example.org:443/jobs", "example.org:443")]
    [InlineData("http://[::1]:7400/jobs", "[::1]:7400")]
    public void A_signed_request_carries_the_proof_for_the_host_that_is_called(string address, string host)
    {
        using HttpRequestMessage message = new(HttpMethod.Put, address);

        Secret.Sign(message, BodyHash.Empty, Now);

        SignedRequest signed = new("PUT", host, "/jobs", message.Headers.GetValues(BodyHash.Header).Single());
        Secret.FindFault(signed, message.Headers.NonValidated["Authorization"].ToString(), Now).ShouldBeNull();
    }

    [Fact]
    public void A_short_secret_is_refused() =>
        Should.Throw<ArgumentException>(() => ClusterSecret.FromText("   fifteen bytes..   "))
            .Message.ShouldContain("expected at least 16 bytes, found 15");
}
