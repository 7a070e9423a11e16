using System.Net;
using DistRec.Actors.Cluster.Security;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class StandaloneOptionsTests
{
    private static readonly StandaloneOptions Seed = new() { Role = "seed" };

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        StandaloneOptions options = new()
        {
            Role = "leader",
            SeedAddress = new Uri("https://10.0.0.1:7400/"),
            Listen = new IPEndPoint(IPAddress.Any, 7400),
            HeartbeatInterval = TimeSpan.Zero,
            LeaseTime = TimeSpan.Zero,
            DetectionTime = TimeSpan.Zero,
            MessageSizeLimit = 0,
            ComputeThreads = 0,
        };

        Should.Throw<ArgumentException>(() => new StandaloneActorSystem(options)).Message.ShouldBe(
            """
            The standalone node cannot start:
              Role: expected "seed" or "worker", found "leader"
              SeedAddress: expected http://host:port/, found https://10.0.0.1:7400/
              AdvertisedAddress: expected the address at which other nodes reach this one, because it listens on all (0.0.0.0:7400)
              Tls: expected certificates, because the node listens on 0.0.0.0:7400 or talks to other machines; set AllowPlaintext to send everything in the clear
              Secret: expected the cluster's secret, because the node listens on 0.0.0.0:7400 or talks to other machines, found none
              HeartbeatInterval: expected more than 0, found 00:00:00
              LeaseTime: expected more than HeartbeatInterval (00:00:00), found 00:00:00
              DetectionTime: expected more than LeaseTime (00:00:00), found 00:00:00
              MessageSizeLimit: expected at least 1 byte, found 0
              ComputeThreads: expected at least 1, found 0
            """);
    }

    [Fact]
    public void A_worker_needs_a_seed_and_the_seed_needs_none()
    {
        Errors(Seed with { Role = "worker" }).ShouldContain("SeedAddress: expected the seed's address");
        Errors(Seed with { SeedAddress = new Uri("http://127.0.0.1:1/") }).ShouldContain("SeedAddress: expected none");
    }

    [Fact]
    public void The_loopback_needs_neither_certificates_nor_a_secret()
    {
        Should.NotThrow(Seed.Validate);
        Should.NotThrow((Seed with { Role = "worker", SeedAddress = new Uri("http://127.0.0.1:7400/") }).Validate);
    }

    [Fact]
    public void Other_machines_need_a_secret_and_either_certificates_or_the_word_that_none_are_wanted()
    {
        StandaloneOptions worker = Seed with
        {
            Role = "worker", SeedAddress = new Uri("http://10.0.0.1:7400/"), Secret = ClusterSecret.FromText("sixteen characters"),
        };

        Errors(worker).ShouldContain("AllowPlaintext");
        Errors(worker with { AllowPlaintext = true, Secret = null }).ShouldContain("Secret: expected the cluster's secret");
        Should.NotThrow((worker with { AllowPlaintext = true }).Validate);
    }

    [Fact]
    public void Certificates_that_are_not_there_are_named()
    {
        string errors = Errors(Seed with
        {
            Tls = new TlsOptions { CertificateFile = "none.pem", KeyFile = "none.key", AuthorityFile = "none.ca" },
        });

        errors.ShouldContain("Tls.CertificateFile: expected a PEM file, found none at \"none.pem\"");
        errors.ShouldContain("none.key");
        errors.ShouldContain("none.ca");
    }

    private static string Errors(StandaloneOptions options) => Should.Throw<ArgumentException>(options.Validate).Message;
}
