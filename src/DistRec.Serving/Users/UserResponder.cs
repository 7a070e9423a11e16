using DistRec.Evaluation.Bandits;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;
using DistRec.Serving.Registry;

namespace DistRec.Serving.Users;

/// <summary>
/// Answers questions about users whose partitions live on this node. Only where an experiment that learns meets a user for the first time does an
/// answer wait for something: for the user's arm to be on the disk, so that it is the same after a restart and on any other node.
/// What shadows are handed is answered later.
/// </summary>
/// <param name="node">What the node answers from.</param>
/// <param name="queries">What answers.</param>
/// <param name="arms">Keeps users' arms.</param>
/// <param name="shadows">Has shadows answer the same.</param>
internal sealed class UserResponder(ServingNode node, UserQueries queries, ArmKeeper arms, ShadowDesk shadows)
{
    /// <inheritdoc cref="UserQueries.Answer"/>
    public ValueTask<object> AnswerAsync(UserQuestion question)
    {
        // Taken once: whatever is activated or decided meanwhile, the question is answered by one state of things.
        ActiveModels models = node.Models;
        return queries.FindNewcomer(models, question) is { } experiment
            ? AnswerAsync(models, question, experiment)
            : new ValueTask<object>(Answer(models, question, null));
    }

    private async ValueTask<object> AnswerAsync(ActiveModels models, UserQuestion question, RunningExperiment experiment)
    {
        ArmChoice? kept = await arms.KeepAsync(experiment, question.User).ConfigureAwait(false);
        return Answer(models, question, kept);
    }

    private object Answer(ActiveModels models, UserQuestion question, ArmChoice? kept)
    {
        object answer = queries.Answer(question, models, kept);
        shadows.Offer(models, question, answer);
        return answer;
    }
}
