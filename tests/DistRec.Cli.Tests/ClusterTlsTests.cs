using System.Text.Json;
using DistRec.Cluster.Security;
using DistRec.Contracts;

namespace DistRec.Cli.Tests;

public sealed class ClusterTlsTests : LocalCluster
{
    private readonly TestCertificates _certificates = new();

    private protected override TlsOptions Tls
    {
        get
        {
            PemFiles node = _certificates.Issue("node");
            return new TlsOptions { CertificateFile = node.Certificate, KeyFile = node.Key, AuthorityFile = node.Authority };
        }
    }

    public override void Dispose()
    {
        _certificates.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task A_job_is_submitted_watched_and_its_model_fetched_under_mutual_TLS()
    {
        string[] job = ["--ratings", "4000", "--users", "120", "--items", "60", "--epochs", "4", "--model", "als", "--rank", "6", "--partitions", "3"];
        string[] files = Options(_certificates.Issue("client"));

        JsonElement here = (await CommandLine.RunAsync(["train", .. job, "--json", "--out", Folder["here"]])).Json;
        CommandResult there = await RunAsync(["submit", .. job, "--json", "--watch", "--out", Folder["there"], .. files]);

        Cluster.ShouldStartWith("https://");
        there.ExitCode.ShouldBe(0, there.Error);
        there.Json.GetProperty("modelSha256").GetString().ShouldBe(here.GetProperty("modelSha256").GetString());
        string id = (await RunAsync(["jobs", "--json", .. files])).Json.GetProperty("jobs")[0].GetProperty("id").GetString()!;
        (await RunAsync(["watch", id, "--quiet", "--json", .. files])).Json.GetProperty("state").GetString().ShouldBe("completed");
        (await RunAsync(["cancel", id, .. files])).Mistakes.ShouldHaveSingleItem().ShouldContain("the job has ended");
        (await RunAsync(["cluster", "status", .. files])).Output.ShouldContain("worker");
        (await CommandLine.RunAsync("health", Cluster, files[0], files[1], files[2], files[3], files[4], files[5])).Output.Trim().ShouldBe("ok");
    }

    [Fact]
    public async Task Certificates_may_be_named_by_variables()
    {
        PemFiles client = _certificates.Issue("client");
        var variables = new Dictionary<string, string>
        {
            ["DISTREC_SECRET"] = Secret,
            ["DISTREC_CLUSTER"] = Cluster,
            ["DISTREC_TLS_CERTIFICATE"] = client.Certificate,
            ["DISTREC_TLS_KEY"] = client.Key,
            ["DISTREC_TLS_AUTHORITY"] = client.Authority,
        };

        CommandResult result = await CommandLine.RunAsync(host => host with { Variable = variables.GetValueOrDefault }, "jobs");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("no jobs yet");
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_told_to_give_one()
    {
        (await RunAsync(["jobs"])).Mistake.ShouldContain("found another one or none");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_name()
    {
        PemFiles cluster = _certificates.Issue("client");
        PemFiles foreign = _certificates.Issue("foreign", "another authority");

        CommandResult result = await RunAsync(["jobs", .. Options(foreign with { Authority = cluster.Authority })]);

        result.Mistake.ShouldContain("check that an authority of the nodes signed the certificate that is shown");
    }

    [Fact]
    public async Task A_cluster_whose_certificate_another_authority_signed_is_not_trusted()
    {
        CommandResult result = await RunAsync(["jobs", .. Options(_certificates.Issue("foreign", "another authority"))]);

        result.Mistake.ShouldContain("give the authorities that signed the nodes' certificates with --tls-authority");
    }

    [Fact]
    public async Task A_cluster_under_TLS_that_is_called_in_the_clear_is_a_mistake()
    {
        CommandResult result = await CommandLine.RunAsync(WithSecret, "jobs", "--cluster", "http://" + Cluster["https://".Length..]);

        result.Mistake.ShouldContain("write https:// and give --tls-certificate, --tls-key and --tls-authority");
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_mistakes_before_anything_is_connected()
    {
        PemFiles client = _certificates.Issue("client");
        PemFiles other = _certificates.Issue("other");

        CommandResult partial = await RunAsync(["jobs", "--tls-certificate", client.Certificate]);
        CommandResult missing = await RunAsync(["jobs", .. Options(client with { Key = Folder["none.key"] })]);
        CommandResult mixed = await RunAsync(["jobs", .. Options(client with { Key = other.Key })]);
        CommandResult noAuthority = await RunAsync(["jobs", .. Options(client with { Authority = client.Key })]);
        CommandResult clear = await CommandLine.RunAsync(WithSecret, ["jobs", "--cluster", "http://127.0.0.1:7400", .. Options(client)]);

        foreach (CommandResult result in new[] { partial, missing, mixed, noAuthority, clear })
        {
            result.ExitCode.ShouldBe(2, result.Error);
        }

        partial.Mistakes.ShouldBe(
        [
            "--tls-key: expected a PEM file, found nothing; TLS takes certificate, key and authority",
            "--tls-authority: expected a PEM file, found nothing; TLS takes certificate, key and authority",
        ]);
        missing.Mistakes.ShouldHaveSingleItem().ShouldContain("--tls-key: expected a PEM file, found none at");
        mixed.Mistakes.ShouldHaveSingleItem().ShouldContain("give the two that were issued together");
        noAuthority.Mistakes.ShouldHaveSingleItem().ShouldContain("expected certificates of authorities in PEM, found none");
        clear.Mistakes.ShouldHaveSingleItem().ShouldContain("--cluster: expected an address that begins with https://, since certificates are given");
    }

    private static string[] Options(PemFiles files) => ["--tls-certificate", files.Certificate, "--tls-key", files.Key, "--tls-authority", files.Authority];
}
