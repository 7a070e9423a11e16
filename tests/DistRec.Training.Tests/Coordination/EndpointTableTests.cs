namespace DistRec.Training.Tests.Coordination;

public sealed class EndpointTableTests
{
    [Fact]
    public void A_table_comes_back_from_its_message_and_names_every_node_once()
    {
        EndpointTable table = new("http://a/");
        table.Set(SmallJobs.User(0), "http://b/").ShouldBeTrue();
        table.Set(SmallJobs.User(2), "http://a/").ShouldBeTrue();
        table.Set(SmallJobs.Item(1), "http://b/").ShouldBeTrue();

        Endpoints message = table.ToMessage(3);
        message.Nodes.ShouldBe(["http://a/", "http://b/"]);
        message.Users.ShouldBe([1, -1, 0]);
        message.Items.ShouldBe([-1, 1, -1]);

        EndpointTable read = new(message);
        read.Coordinator.ShouldBe("http://a/");
        read.Of(SmallJobs.User(2)).ShouldBe("http://a/");
        read.Of(SmallJobs.Item(1)).ShouldBe("http://b/");
        Should.Throw<InvalidOperationException>(() => read.Of(SmallJobs.User(1))).Message.ShouldBe(
            "user partition 1: expected its endpoint in the command, found none");
    }

    [Fact]
    public void A_partition_is_news_when_it_is_heard_of_first_and_when_it_moved()
    {
        EndpointTable table = new("");
        table.Set(SmallJobs.User(), "").ShouldBeTrue("in one process every endpoint is empty");
        table.Set(SmallJobs.User(), "").ShouldBeFalse();
        table.Set(SmallJobs.User(), "http://b/").ShouldBeTrue();
    }

    [Fact]
    public void A_copy_does_not_hear_of_what_comes_later()
    {
        EndpointTable table = new("");
        table.Set(SmallJobs.User(), "http://a/");
        EndpointTable copy = table.Copy();
        table.Set(SmallJobs.User(), "http://b/");
        copy.Of(SmallJobs.User()).ShouldBe("http://a/");
    }

    [Fact]
    public void A_command_without_a_table_is_one_of_a_single_process() => new EndpointTable((Endpoints?)null).Coordinator.ShouldBe("");

    [Fact]
    public void A_table_whose_coordinator_is_out_of_range_is_refused() =>
        Should.Throw<InvalidDataException>(() => new EndpointTable(new Endpoints { Nodes = { "a" }, Coordinator = 1 }))
            .Message.ShouldBe("endpoints: expected the coordinator's among 1, found index 1");
}
