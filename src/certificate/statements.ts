/** What the test plan "Live Migration Auto Converge and Tunneling" states, by the numbers that the rules use. */
export interface Statement {
  readonly id: string;
  readonly text: string;
  /** False where the plan states it and has no test for it. */
  readonly tested: boolean;
}

const untested = (id: string, text: string): Statement => ({ id, text, tested: false });
const tested = (id: string, text: string): Statement => ({ id, text, tested: true });

/** Every statement of the plan that a migration, a transcript or a person can prove. */
export const STATEMENTS: readonly Statement[] = [
  untested('R04', 'auto-converge can be switched by the flavor'),
  tested('R05', 'auto-converge can be switched by the instance metadata'),
  untested('R06', 'image properties have no effect on auto-converge'),
  untested('R07', 'auto-converge is on where nothing says otherwise'),
  untested('R08', 'auto-converge: instance metadata wins over the flavor'),
  tested('R09', 'the maximum downtime can be set in flavor, image and instance metadata'),
  tested('R10', 'the maximum downtime is 500 ms where nothing says otherwise'),
  untested('R11', 'maximum downtime: the flavor wins over the instance metadata'),
  untested('R12', 'the maximum downtime is at least 100 ms'),
  tested('R13', 'the timeout is 180 s where nothing says otherwise'),
  untested('R14', 'the timeout can be set in the flavor'),
  untested('R15', 'timeout: of several values the lowest holds'),
  untested('R16', 'a timeout of 0 switches it off'),
  tested('R17', 'a timeout out of range is refused with the message that names the range'),
  tested('R18', 'Horizon shows 180 s as the default'),
  untested('R19', 'tunnelling can be switched by flavor and instance metadata'),
  untested('R20', 'tunnelling: instance metadata wins over the flavor'),
  tested('R22', 'the allowed downtime never exceeds the limit'),
  tested('R23', 'a lengthy migration comes to use the limit'),
  tested('R24', 'the timeout line names the timeout in force'),
  tested('R25', 'a timeout set in the instance metadata only is respected'),
  tested('R26', 'a guest is throttled where auto-converge is on, and not where it is off'),
  untested('R28', 'tunnelled throughput is lower than direct throughput'),
];
