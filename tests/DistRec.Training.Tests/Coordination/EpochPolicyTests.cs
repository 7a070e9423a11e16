using DistRec.Models.Als;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.MatrixFactorization;

namespace DistRec.Training.Tests.Coordination;

public sealed class EpochPolicyTests
{
    private static JobSpec Descending(int patience = 2) => new()
    {
        Model = ModelSpec.Of(new MfOptions { Rank = 8, LearningRate = 0.1f, LearningRateDecay = 0.5f }),
        Patience = patience,
        ValidationRatings = 10,
        RatingUnit = 1, RatingDeviation = 1,
    };

    [Fact]
    public void A_mean_over_samples_that_is_exact_enough_ends_the_job_with_its_last_epoch()
    {
        EpochPolicy policy = new(new JobSpec { Epochs = 100, Model = ModelSpec.Of(new DistRec.Models.FactorizationMachine.FmOptions { Learner = DistRec.Models.FactorizationMachine.FmLearner.Mcmc }) });

        policy.JudgeEpoch(1, null).ShouldBe(new EpochDecision(EpochAction.Continue, true));
        EpochDecision last = policy.JudgeEpoch(2, null, isSettled: true);

        (last.Action, last.SaveBest).ShouldBe((EpochAction.Stop, true));
        last.Reason.ShouldBe("2 epochs done, and the mean over samples is as exact as asked for");
        policy.State.BestEpoch.ShouldBe(2);
    }

    [Fact]
    public void The_best_epoch_is_kept_and_patience_counts_from_it()
    {
        EpochPolicy policy = new(Descending());
        policy.JudgeEpoch(1, 1.0).ShouldBe(new EpochDecision(EpochAction.Continue, true));
        policy.JudgeEpoch(2, 0.9).ShouldBe(new EpochDecision(EpochAction.Continue, true));
        policy.JudgeEpoch(3, 0.95).ShouldBe(new EpochDecision(EpochAction.Continue, false));
        EpochDecision last = policy.JudgeEpoch(4, 0.91);
        last.Action.ShouldBe(EpochAction.Stop);
        last.SaveBest.ShouldBeFalse();
        last.Reason.ShouldBe("2 epochs without a better validation RMSE than 0.9000 of epoch 2");
    }

    [Fact]
    public void Without_patience_nothing_stops_early()
    {
        EpochPolicy policy = new(Descending(patience: 0));
        policy.JudgeEpoch(1, 0.5);
        for (int epoch = 2; epoch < 50; epoch++)
        {
            policy.JudgeEpoch(epoch, 0.6).Action.ShouldBe(EpochAction.Continue);
        }
    }

    [Fact]
    public void The_learning_rate_decays_after_every_epoch()
    {
        EpochPolicy policy = new(Descending());
        policy.LearningRate.ShouldBe(0.1f);
        policy.JudgeEpoch(1, 1);
        policy.LearningRate.ShouldBe(0.05f, 1e-9);
    }

    [Theory]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(0.5, true)]
    [InlineData(1.6, false)]
    public void A_descent_that_leaves_the_data_is_undone_with_half_the_rate(double trainRmse, bool diverged)
    {
        EpochPolicy policy = new(Descending());
        EpochDecision decision = policy.JudgeDescent(trainRmse, diverged);
        decision.Action.ShouldBe(EpochAction.BackOff);
        decision.Reason.ShouldContain("0.05");
        policy.LearningRate.ShouldBe(0.05f, 1e-9);
        policy.State.LastTrainRmse.ShouldBe(0, "a diverged epoch is no reference for the next");
    }

    [Fact]
    public void Growth_is_measured_against_the_epoch_before()
    {
        EpochPolicy policy = new(Descending());
        policy.JudgeDescent(0.4, false).Action.ShouldBe(EpochAction.Continue);
        policy.JudgeDescent(0.55, false).Action.ShouldBe(EpochAction.Continue);
        policy.JudgeDescent(0.9, false).Action.ShouldBe(EpochAction.BackOff);
    }

    [Fact]
    public void After_a_back_off_growth_is_measured_against_the_epoch_that_was_gone_back_to()
    {
        // The fourth epoch overfits so well that no step from the tables of the first could seem anything but a leap away from the data.
        EpochPolicy policy = new(Descending(patience: 0));
        foreach ((int epoch, double train, double validation) in new[] { (1, 0.9, 1.0), (2, 0.6, 1.1), (3, 0.4, 1.2), (4, 0.3, 1.3) })
        {
            policy.JudgeDescent(train, false).Action.ShouldBe(EpochAction.Continue);
            policy.JudgeEpoch(epoch, validation).SaveBest.ShouldBe(epoch == 1);
        }

        policy.JudgeDescent(double.NaN, true).Action.ShouldBe(EpochAction.BackOff);
        policy.State.LastTrainRmse.ShouldBe(0.9, "that of epoch 1, whose tables are trained again");
        policy.JudgeDescent(0.8, false).Action.ShouldBe(EpochAction.Continue);
    }

    [Fact]
    public void After_all_back_offs_a_job_with_a_best_epoch_ends_with_it()
    {
        EpochPolicy policy = new(Descending());
        policy.JudgeDescent(0.9, false);
        policy.JudgeEpoch(1, 1.0);
        for (int i = 0; i < EpochPolicy.MaximumBackOffs; i++)
        {
            policy.JudgeDescent(double.NaN, true).Action.ShouldBe(EpochAction.BackOff);
        }

        EpochDecision decision = policy.JudgeDescent(double.NaN, true);
        decision.Action.ShouldBe(EpochAction.Stop);
        decision.Reason.ShouldContain("after 10 back-offs: the model is that of epoch 1; give a lower learning rate");
    }

    [Fact]
    public void After_all_back_offs_the_job_fails_with_advice()
    {
        EpochPolicy policy = new(Descending());
        for (int i = 0; i < EpochPolicy.MaximumBackOffs; i++)
        {
            policy.JudgeDescent(double.NaN, true).Action.ShouldBe(EpochAction.BackOff);
        }

        EpochDecision decision = policy.JudgeDescent(double.NaN, true);
        decision.Action.ShouldBe(EpochAction.Fail);
        decision.Reason.ShouldContain("give a lower learning rate");
    }

    [Fact]
    public void An_exact_solver_never_backs_off()
    {
        EpochPolicy policy = new(new JobSpec { Model = ModelSpec.Of(new AlsOptions { Rank = 8 }), RatingUnit = 1, RatingDeviation = 1 });
        policy.JudgeDescent(5, false).Action.ShouldBe(EpochAction.Continue);
        policy.SavesBest.ShouldBeFalse("without validation the last epoch is the model");
    }

    [Theory]
    [InlineData(FmLearner.Als)]
    [InlineData(FmLearner.Mcmc)]
    public void Sweeps_never_back_off_and_end_by_name_where_their_error_is_no_number(FmLearner learner)
    {
        EpochPolicy policy = new(Machine(learner));
        policy.LearningRate.ShouldBe(0, "a sweep has no steps");
        policy.JudgeDescent(0.5, false).Action.ShouldBe(EpochAction.Continue);
        policy.JudgeDescent(500, false).Action.ShouldBe(EpochAction.Continue);
        foreach ((double rmse, bool diverged) in new[] { (double.NaN, false), (double.PositiveInfinity, false), (1, true) })
        {
            EpochDecision decision = policy.JudgeDescent(rmse, diverged);
            decision.Action.ShouldBe(EpochAction.Fail);
            decision.Reason.ShouldContain("no longer a number");
            decision.Reason.ShouldContain("larger regularization");
        }

        policy.State.BackOffs.ShouldBe(0);
    }

    [Fact]
    public void A_machine_that_steps_backs_off_like_any_descent()
    {
        EpochPolicy policy = new(Machine(FmLearner.Sgd));
        policy.LearningRate.ShouldBe(0.1f);
        policy.JudgeDescent(double.NaN, false).Action.ShouldBe(EpochAction.BackOff);
        policy.LearningRate.ShouldBe(0.05f, 1e-9);
    }

    [Fact]
    public void A_mean_of_samples_is_never_stopped_early_and_keeps_its_newest_tables()
    {
        EpochPolicy policy = new(Machine(FmLearner.Mcmc));
        policy.SavesBest.ShouldBeTrue("an abandoned epoch goes back to them");
        for (int epoch = 1; epoch < 20; epoch++)
        {
            policy.JudgeEpoch(epoch, 1 + epoch).ShouldBe(new EpochDecision(EpochAction.Continue, true));
            policy.State.BestEpoch.ShouldBe(epoch);
        }
    }

    private static JobSpec Machine(FmLearner learner) => new()
    {
        Model = ModelSpec.Of(new FmOptions { Learner = learner, Rank = 8, LearningRate = 0.1f, LearningRateDecay = 1 }),
        Patience = 2,
        ValidationRatings = 10,
        RatingUnit = 1, RatingDeviation = 1,
    };

    [Fact]
    public void A_resumed_policy_decides_as_the_one_that_stopped()
    {
        EpochPolicy first = new(Descending());
        first.JudgeEpoch(1, 0.9);
        first.JudgeEpoch(2, 0.95);
        JobSpec spec = Descending();
        spec.Resume = new ResumePoint { Epoch = 2, Policy = first.State.Clone() };
        EpochPolicy second = new(spec);
        second.JudgeEpoch(3, 0.96).ShouldBe(first.JudgeEpoch(3, 0.96));
        second.LearningRate.ShouldBe(first.LearningRate);
    }
}
