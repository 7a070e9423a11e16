using DistRec.Simulation;
using DistRec.Simulation.Hosting;

namespace DistRec.Training.Tests.Simulation;

public sealed class LeftoverTests
{
    /// <summary>
    /// A partition that moved, or heard nothing of the job's end, left the job's blocks on its node; one whose pull waited for ever stayed.
    /// </summary>
    [Theory]
    [InlineData("als", false)]
    [InlineData("als", true)]
    [InlineData("svd++", false)]
    [InlineData("svd++", true)]
    public void When_a_job_has_ended_or_lost_its_coordinator_nothing_of_it_stays_on_any_node(string model, bool breaks)
    {
        TrainingSimulation job = CrashTests.JobOf(model);
        long events = job.Run(0).Cluster.Events;
        for (ulong seed = 0; seed < 60; seed++)
        {
            SimulatedTraining training = (CrashSchedules.Of(seed, events) with
            {
                KeeperOf = (_, keeper) => breaks ? new BreakingKeeper(keeper, (int)(3 + seed % 12)) : keeper,
            }).Run(job)[0];
            training.Cluster.RunFor(TimeSpan.FromMinutes(30));

            foreach (NodeLife life in training.Cluster.Nodes.Select(node => node.Life).Where(life => life.IsRunning))
            {
                string where = $"seed {seed}, node {life.Node.Number}";
                life.Shells.Select(shell => shell.Name).Where(name => name != "queue").ShouldBeEmpty(where);
                life.Blocks.Count.ShouldBe(0, where);
            }
        }
    }
}
