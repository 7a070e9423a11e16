using Akka.Actor;
using DistRec.Evaluation.Bandits;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that keeps users' arms.</summary>
internal sealed class ArmsKey
{
    private ArmsKey()
    {
    }
}

/// <summary>Keeps users' arms by way of the node's <see cref="ArmActor"/>.</summary>
/// <param name="actor">The actor.</param>
internal sealed class ArmKeeper(IActorRef actor)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>The arm of a user who had none, drawn by what is known now; it is on the disk when this returns.</summary>
    /// <returns>Null where it cannot be kept now: then the user is no part of the experiment yet, and is answered all the same.</returns>
    public async Task<ArmChoice?> KeepAsync(RunningExperiment experiment, string user)
    {
        try
        {
            KeptArm drawn = new(experiment.Definition.Name, user, experiment.Draw(user));
            return (await actor.Ask<ArmKept>(new KeepArm(drawn), LongestWait).ConfigureAwait(false)).Choice;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>Asks for an arm to be kept, unless the user has one. Within a process alone.</summary>
internal sealed record KeepArm(KeptArm Drawn);

/// <summary>The arm that the user has.</summary>
/// <param name="Choice">Null where it cannot be kept.</param>
internal sealed record ArmKept(ArmChoice? Choice);
