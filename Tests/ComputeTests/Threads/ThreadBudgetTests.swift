import Compute
import Foundation
import Testing

/// Threads that pieces of work share, and how much of the work is done.
@Suite struct ThreadBudgetTests {
  /// The workers of a loop whose jobs wait for `wanted` of them, each up to a moment: in a process
  /// that does much else a thread may come late.
  private func workers(of jobs: Int, waitingFor wanted: Int) -> Int {
    let workers = Guarded<Set<Int>>([])
    Parallel.forEach(jobs) { _, worker in
      let count = workers.withLock { workers in
        workers.insert(worker)
        return workers.count
      }
      if count < wanted { Thread.sleep(forTimeInterval: 0.02) }
    }
    return workers.withLock { $0.count }
  }

  @Test("A loop takes the threads that are free, and gives them back")
  func loops() {
    let budget = ThreadBudget(threads: 2)
    Parallel.$threads.withValue(2) {
      ThreadBudget.$current.withValue(budget) {
        budget.enter()
        #expect(workers(of: 1000, waitingFor: 2) == 2)
        // Another piece of work takes the other thread.
        budget.enter()
        #expect(workers(of: 8, waitingFor: 2) == 1)
        budget.leave()
        #expect(workers(of: 1000, waitingFor: 2) == 2)
        budget.leave()
      }
    }
  }

  @Test("No more threads than the scope allows, and loops inside of workers have one")
  func limits() {
    let budget = ThreadBudget(threads: 16)
    let nested = Guarded<Set<Int>>([])
    Parallel.$threads.withValue(2) {
      ThreadBudget.$current.withValue(budget) {
        budget.enter()
        #expect(workers(of: 12, waitingFor: 3) <= 2)
        // Also where no thread is free.
        for _ in 0..<15 { budget.enter() }
        Parallel.forEach(4) { _, worker in
          nested.withLock { _ = $0.insert(Parallel.threadCount) }
          #expect(worker == 0)
        }
      }
    }
    #expect(nested.withLock { $0 } == [1])
  }

  @Test("Steps inside of steps add up, and a share never falls")
  func steps() {
    let meter = WorkMeter()
    var seen: [Double] = []
    WorkSpan.$current.withValue(WorkSpan(meter)) {
      var outer = WorkSteps(of: 4)
      outer.run(1) {
        var inner = WorkSteps(of: 2)
        inner.finish(1)
        seen.append(meter.share)
        inner.finish(1)
        seen.append(meter.share)
      }
      outer.run(3) {
        WorkSpan.current?.report(0.5)
        seen.append(meter.share)
        WorkSpan.current?.report(0.25)
        seen.append(meter.share)
      }
      seen.append(meter.share)
    }
    #expect(seen == [0.125, 0.25, 0.625, 0.625, 1])
    // Nobody watches.
    var steps = WorkSteps(of: 1)
    #expect(steps.run(1) { 7 } == 7)
  }
}
