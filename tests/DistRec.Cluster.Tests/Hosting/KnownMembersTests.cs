using Akka.Actor;
using DistRec.Data;

namespace DistRec.Cluster.Tests.Hosting;

public sealed class KnownMembersTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-members-");

    private string Place => Path.Combine(_folder.FullName, "members");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_written_is_read_again_and_replaces_what_was_there()
    {
        KnownMembers members = new(Place);
        members.Read().ShouldBeEmpty();

        members.Write([Node(1), Node(2), Node(3)]);
        members.Write([Node(4), Node(5)]);

        members.Read().ShouldBe([Node(4), Node(5)]);
        _folder.GetFiles().Select(file => file.Name).ShouldBe(["members"]);
    }

    [Fact]
    public void A_line_that_is_no_address_costs_only_itself()
    {
        File.WriteAllText(Place, $"{Node(1)}\n\nnonsense\nakka://distrec\n  {Node(2)}  \n");

        new KnownMembers(Place).Read().ShouldBe([Node(1), Node(2)]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        KnownMembers members = new(Place);
        members.Write([Node(1)]);
        Directory.CreateDirectory(Place + ".partial");

        Should.Throw<InputException>(() => members.Write([Node(2)]));

        members.Read().ShouldBe([Node(1)]);
    }

    private static Address Node(int port) => new("akka.ssl.tcp", AkkaNodeSettings.SystemName, "worker", port);
}
