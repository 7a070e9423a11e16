using Akka.Actor;
using Akka.DistributedData;
using DistRec.Actors.Akka.Hosting;

namespace DistRec.Actors.Akka.Tests.Hosting;

public sealed class StartInquiryTests
{
    private static readonly ActorAddress First = new("first", 3);
    private static readonly Address Self = new("akka.tcp", "distrec", "10.0.0.3", 7401);
    private static readonly GSetKey<string> Key = StartedActors.Key;

    private readonly StartInquiry _inquiry = new(First, Self);

    [Fact]
    public void A_node_that_can_ask_every_other_asks_and_notes_the_start()
    {
        _inquiry.CountMembers(2).ShouldBe(InquiryStep.Wait);
        _inquiry.Receive(new ReplicaCount(3)).ShouldBe(InquiryStep.Ask);
        _inquiry.Receive(new NotFound(Key, null)).ShouldBe(InquiryStep.Note);
        _inquiry.Receive(new UpdateSuccess(Key, null)).ShouldBe(InquiryStep.Start);
        _inquiry.Reason.ShouldBe(StartReason.First);
    }

    [Fact]
    public void A_node_that_just_joined_and_keeps_the_record_alone_does_not_trust_what_it_lacks()
    {
        _inquiry.Receive(new ReplicaCount(1)).ShouldBe(InquiryStep.Wait);
        _inquiry.CountMembers(1).ShouldBe(InquiryStep.CountAgain);
        _inquiry.CountMembers(1).ShouldBe(InquiryStep.Wait);
        _inquiry.Receive(new ReplicaCount(2)).ShouldBe(InquiryStep.Ask);
        _inquiry.Receive(new GetSuccess(Key, null, GSet.Create(First.ToString())));
        _inquiry.Reason.ShouldBe(StartReason.Relocation);
    }

    [Fact]
    public void A_node_that_never_finds_the_others_assumes_a_loss()
    {
        InquiryStep step = InquiryStep.CountAgain;
        int counts = 0;
        while (step == InquiryStep.CountAgain)
        {
            _inquiry.CountMembers(2);
            step = _inquiry.Receive(new ReplicaCount(2));
            counts++;
        }

        step.ShouldBe(InquiryStep.Note);
        counts.ShouldBeGreaterThan(10);
        _inquiry.Reason.ShouldBe(StartReason.Relocation);
    }

    [Fact]
    public void Others_that_do_not_answer_leave_a_loss_to_be_assumed()
    {
        _inquiry.Receive(new GetFailure(Key, null)).ShouldBe(InquiryStep.Note);
        _inquiry.Reason.ShouldBe(StartReason.Relocation);
    }

    [Fact]
    public void A_record_of_other_actors_says_nothing_of_this_one()
    {
        _inquiry.Receive(new GetSuccess(Key, null, GSet.Create("first/4"))).ShouldBe(InquiryStep.Note);
        _inquiry.Reason.ShouldBe(StartReason.First);
    }

    [Fact]
    public void A_note_that_most_nodes_did_not_confirm_is_written_again_but_not_for_ever()
    {
        _inquiry.Receive(new NotFound(Key, null));
        _inquiry.Receive(new UpdateTimeout(Key, null)).ShouldBe(InquiryStep.Note);
        _inquiry.Receive(new UpdateTimeout(Key, null)).ShouldBe(InquiryStep.Note);
        _inquiry.Receive(new UpdateTimeout(Key, null)).ShouldBe(InquiryStep.Start);
    }

    [Fact]
    public void What_is_no_answer_is_left_to_the_entity() => _inquiry.Receive("anything").ShouldBe(InquiryStep.NotMine);
}
