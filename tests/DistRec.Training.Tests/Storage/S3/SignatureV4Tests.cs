using System.Text;

namespace DistRec.Training.Tests.Storage.S3;

/// <summary>The examples of "Signature Calculations for the Authorization Header", Amazon S3 API Reference, with its key.</summary>
public sealed class SignatureV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Host = "examplebucket.s3.amazonaws.com";
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("GET", "/test.txt", "range", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("GET", "/?lifecycle", null, null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/?max-keys=2&prefix=J", null, null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void The_published_examples_without_contents_are_met(string method, string target, string? name, string? value, string signature)
    {
        Dictionary<string, string> headers = Headers(Empty);
        if (name is not null)
        {
            headers[name] = value!;
        }

        Sign(method, target, headers).ShouldBe(signature);
    }

    [Fact]
    public void The_published_example_with_contents_is_met()
    {
        Dictionary<string, string> headers = Headers(SignatureV4.Hash(Encoding.ASCII.GetBytes("Welcome to Amazon S3.")));
        headers["date"] = "Fri, 24 May 2013 00:00:00 GMT";
        headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";

        Sign("PUT", "/test%24file.text", headers).ShouldBe("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    [Fact]
    public void Another_method_target_header_or_secret_gives_another_signature()
    {
        string[] signatures =
        [
            Sign("GET", "/a?b=1", Headers(Empty)),
            Sign("PUT", "/a?b=1", Headers(Empty)),
            Sign("GET", "/A?b=1", Headers(Empty)),
            Sign("GET", "/a?b=2", Headers(Empty)),
            Sign("GET", "/a?b=1", Headers(SignatureV4.Hash([1]))),
            Sign("GET", "/a?b=1", Headers(Empty), "other"),
        ];

        signatures.Distinct().Count().ShouldBe(signatures.Length);
    }

    private static Dictionary<string, string> Headers(string contents) =>
        new() { ["host"] = Host, ["x-amz-content-sha256"] = contents, ["x-amz-date"] = "20130524T000000Z" };

    private static string Sign(string method, string target, Dictionary<string, string> headers, string secret = Secret) =>
        SignatureV4.Compute(
            method, target, name => headers[name],
            new SignatureV4.Authorization("AKIAIOSFODNN7EXAMPLE", "20130524/us-east-1/s3/aws4_request", [.. headers.Keys.Order(StringComparer.Ordinal)], ""),
            secret);
}
