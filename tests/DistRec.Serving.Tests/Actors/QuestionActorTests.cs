using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistRec.Serving.Actors;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Tests.Actors;

public sealed class QuestionActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly IActorRef _actor;

    public QuestionActorTests()
        : base("""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              test.single-expect-default = 30s
              scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            }
            """)
    {
        _region = CreateTestProbe("region");
        _actor = Sys.ActorOf(QuestionActor.Props(_region));
    }

    [Fact]
    public async Task What_comes_while_a_question_is_under_way_goes_together_in_the_next_message()
    {
        Task<UserAnswer>[] answers = [.. Enumerable.Range(0, 4).Select(number => Ask(2, $"u{number}"))];

        UserQuestions first = Expect(2);
        first.Questions.Select(question => question.User).ShouldBe(["u0"]);
        Answer(first);
        UserQuestions second = Expect(2);
        second.Questions.Select(question => question.User).ShouldBe(["u1", "u2", "u3"]);
        Answer(second);

        (await Task.WhenAll(answers)).Select(answer => answer.Title).ShouldBe(["u0", "u1", "u2", "u3"]);
    }

    [Fact]
    public void Partitions_do_not_wait_for_each_other_and_a_message_has_no_more_questions_than_fit()
    {
        for (int number = 0; number <= 2 * QuestionActor.MaximumBatch; number++)
        {
            _ = Ask(1, $"u{number}");
        }

        _ = Ask(3, "other");
        UserQuestions first = Expect(1);
        Expect(3).Questions.Single().User.ShouldBe("other");
        Answer(first);
        Expect(1).Questions.Count.ShouldBe(QuestionActor.MaximumBatch);
    }

    [Fact]
    public async Task What_is_not_answered_is_asked_again_and_an_answer_that_comes_twice_is_no_news()
    {
        Task<UserAnswer> answer = Ask(2, "u0");
        UserQuestions first = Expect(2);
        Advance(0.6);
        Expect(2).ShouldBe(first);
        Answer(first);
        Answer(first);
        (await answer).Title.ShouldBe("u0");

        Task<UserAnswer> next = Ask(2, "u1");
        Answer(Expect(2));
        (await next).Title.ShouldBe("u1");
    }

    [Fact]
    public async Task A_node_that_never_answers_is_given_up_by_name_and_the_next_question_is_asked()
    {
        Task<UserAnswer> answer = Ask(2, "u0");
        Task<UserAnswer> next = Ask(2, "u1");
        Expect(2);
        for (int attempt = 1; attempt < 20; attempt++)
        {
            Advance(0.5);
            Expect(2).Questions.Single().User.ShouldBe("u0");
        }

        Advance(0.5);
        UserAnswer refused = await answer;
        refused.Status.ShouldBe(503);
        refused.Detail.ShouldContain("partition 2");
        Answer(Expect(2));
        (await next).Title.ShouldBe("u1");
    }

    private Task<UserAnswer> Ask(int partition, string user)
    {
        TaskCompletionSource<UserAnswer> answered = new();
        _actor.Tell(new RemoteQuestion(partition, new UserQuestion { User = user, Predict = new PredictQuestion { Item = "i" } }, answered));
        return answered.Task;
    }

    private UserQuestions Expect(int partition)
    {
        PredictionEnvelope envelope = _region.ExpectMsg<PredictionEnvelope>();
        envelope.Partition.ShouldBe(partition);
        return envelope.Message.ShouldBeOfType<UserQuestions>();
    }

    private void Answer(UserQuestions questions) => _actor.Tell(new UserAnswers
    {
        Number = questions.Number,
        Answers = { questions.Questions.Select(question => new UserAnswer { Status = 200, Title = question.User }) },
    });

    private void Advance(double seconds) => ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));
}
