using DistRec.Actors.Cluster.Security;

namespace DistRec.Actors.Cluster.Tests.Security;

public sealed class ClusterSecretTests
{
    private static readonly DateTimeOffset Now = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("correct horse battery staple");
    private static readonly ClusterSecret Other = ClusterSecret.FromText("correct horse battery stable");

    [Fact]
    public void A_proof_is_right_for_its_challenge_and_secret_alone()
    {
        byte[] proof = Secret.Prove("challenge"u8);

        proof.Length.ShouldBe(32);
        ClusterSecret.FromText("correct horse battery staple\n").Check("challenge"u8, proof).ShouldBeTrue();
        Secret.Check("challengf"u8, proof).ShouldBeFalse();
        Other.Check("challenge"u8, proof).ShouldBeFalse();
        Secret.Check("challenge"u8, proof.AsSpan(0, 31)).ShouldBeFalse();
        Secret.Check("challenge"u8, []).ShouldBeFalse();
    }

    [Fact]
    public void A_header_opens_the_request_it_was_made_for_and_no_other()
    {
        string header = Secret.HeaderFor("POST", "/blocks?job=a", Now);

        Secret.FindFault("POST", "/blocks?job=a", header, Now).ShouldBeNull();
        Secret.FindFault("GET", "/blocks?job=a", header, Now).ShouldNotBeNull();
        Secret.FindFault("POST", "/blocks?job=b", header, Now).ShouldNotBeNull();
        Other.FindFault("POST", "/blocks?job=a", header, Now).ShouldNotBeNull().ShouldContain("another secret");
    }

    [Theory]
    [InlineData(-301, "301 seconds ahead")]
    [InlineData(-300, null)]
    [InlineData(300, null)]
    [InlineData(301, "-301 seconds ahead")]
    public void A_header_is_good_for_five_minutes(int secondsLater, string? fault)
    {
        string header = Secret.HeaderFor("GET", "/", Now);

        string? found = Secret.FindFault("GET", "/", header, Now.AddSeconds(secondsLater));

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
    public void Anything_else_is_a_fault(string? header) => Secret.FindFault("GET", "/", header, Now).ShouldNotBeNull();

    [Fact]
    public void A_short_secret_is_refused() =>
        Should.Throw<ArgumentException>(() => ClusterSecret.FromText("   fifteen bytes..   ")).Message.ShouldContain("expected at least 16 bytes, found 15");
}
